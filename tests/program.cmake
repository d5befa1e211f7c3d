# Tests that drive the program from outside, and the plug-ins that misbehave for them.

set(fakes faulty careless sharing old_abi old_executor empty hollow impostor)
foreach(fake IN LISTS fakes)
    add_library(fake-${fake} MODULE fakes/${fake}.c)
    set_target_properties(fake-${fake} PROPERTIES PREFIX "" OUTPUT_NAME ${fake}
                          LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/fakes)
    target_link_libraries(fake-${fake} PRIVATE bench_contract)
    list(APPEND fake_targets fake-${fake})
endforeach()

foreach(name IN ITEMS cli lifecycle kill protocol)
    bench_test(${name} SOURCES program.c LIBRARIES util)
    add_dependencies(test_${name} bench ${fake_targets})
endforeach()
