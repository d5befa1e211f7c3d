# cpack includes this between installing and packing. Of what was installed for each package it makes what Debian's
# policy asks for: compressed man pages, copyright and changelog, and Debian's places for what has one.

function(bench_gzip file)
    execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
    file(CHMOD ${file}.gz PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endfunction()

function(bench_move from folder)
    if(EXISTS ${from})
        get_filename_component(name ${from} NAME)
        file(MAKE_DIRECTORY ${folder})
        file(RENAME ${from} ${folder}/${name})
    endif()
endfunction()

# debian/copyright and debian/changelog, made of LICENSE and the version.
function(bench_document name usr)
    set(doc ${usr}/share/doc/${name})
    file(READ ${CPACK_BENCH_SOURCE_DIR}/LICENSE license)
    string(REGEX MATCH "Copyright \\(c\\) ([^\n]+)" ignored "${license}")
    set(holders "${CMAKE_MATCH_1}")
    string(REGEX REPLACE "^.*(Permission is hereby.*)$" "\\1" license "${license}")
    string(STRIP "${license}" license)
    string(REPLACE "\n\n" "\n.\n" license "${license}")
    string(REPLACE "\n" "\n " license "${license}")
    file(WRITE ${doc}/copyright
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: bench

Files: *
Copyright: ${holders}
License: Expat
 ${license}
")
    string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # of SOURCE_DATE_EPOCH, where that is set
    file(WRITE ${doc}/changelog
"bench (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Version ${CPACK_PACKAGE_VERSION}.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
    bench_gzip(${doc}/changelog)
endfunction()

foreach(name IN LISTS CPACK_COMPONENTS_ALL)
    set(usr ${CPACK_TEMPORARY_DIRECTORY}/${name}/usr)
    file(GLOB pages ${usr}/share/man/man*/*[0-9])
    foreach(page IN LISTS pages)
        bench_gzip(${page})
    endforeach()
    file(GLOB_RECURSE compiled ${usr}/*.pyc)
    foreach(file IN LISTS compiled)
        file(REMOVE ${file}) # it is compiled where it is installed
    endforeach()
    file(GLOB modules ${usr}/lib/python3*/*-packages/bench)
    foreach(module IN LISTS modules)
        bench_move(${module} ${usr}/lib/python3/dist-packages)
    endforeach()
    bench_move(${usr}/share/zsh/site-functions/_bench ${usr}/share/zsh/vendor-completions)
    file(GLOB_RECURSE pc ${usr}/lib/*/bench.pc)
    if(pc) # it names headers alone, the same for all machines
        file(READ ${pc} text)
        string(REGEX REPLACE "(prefix=[^/]*)[/.]*\n" "\\1/../..\n" text "${text}")
        file(WRITE ${pc} "${text}")
        bench_move(${pc} ${usr}/share/pkgconfig)
    endif()
    bench_document(${name} ${usr})
    if(name STREQUAL "bench")
        file(COPY ${CPACK_BENCH_SOURCE_DIR}/docs/ DESTINATION ${usr}/share/doc/bench)
    endif()
    execute_process(COMMAND find ${usr} -type d -empty -delete COMMAND_ERROR_IS_FATAL ANY)
endforeach()
