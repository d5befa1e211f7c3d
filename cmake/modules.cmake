# Workloads and executors. The core names none of them: it includes the table that is made here.

set(BENCH_BUILTIN_TARGETS "")
set(BENCH_BUILTIN_OBJECTS "")
set(BENCH_LOADABLE_TARGETS "")
set(bench_builtin_lines "")
set(bench_loadable_lines "")
set(bench_missing_lines "")
set(bench_engine_lines "")

# bench_module(workload|executor NAME [LOADABLE] SOURCES ... [SHARES ...] [LIBRARIES ...] [UNLESS found REASON text])
#
# SHARES are sources that several modules of bench have in common.
# A module sees the contract's headers and its own libraries, nothing of the core. LOADABLE ones become
# KIND-NAME.so, opened by bench only when named; the others are part of it. When `found` is false the
# module is listed with the reason instead.
macro(bench_module kind name)
    cmake_parse_arguments(module "LOADABLE" "UNLESS;REASON" "SOURCES;SHARES;LIBRARIES" ${ARGN})
    string(TOUPPER ${kind} macro_name)
    if(module_REASON AND NOT module_UNLESS)
        string(APPEND bench_missing_lines "    ${macro_name}(${name}, \"${module_REASON}\") \\\n")
    else()
        if(module_LOADABLE)
            add_library(${kind}-${name} MODULE ${module_SOURCES} ${module_SHARES})
            set_target_properties(${kind}-${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/bench)
            list(APPEND BENCH_LOADABLE_TARGETS ${kind}-${name})
            string(APPEND bench_loadable_lines "    ${macro_name}(${name}) \\\n")
        else()
            add_library(${kind}-${name} OBJECT ${module_SOURCES})
            target_compile_definitions(${kind}-${name} PRIVATE BENCH_BUILTIN)
            list(APPEND BENCH_BUILTIN_TARGETS ${kind}-${name})
            list(APPEND BENCH_BUILTIN_OBJECTS $<TARGET_OBJECTS:${kind}-${name}>)
            foreach(source IN LISTS module_SHARES)
                string(MAKE_C_IDENTIFIER "shared-${source}" shared)
                if(NOT TARGET ${shared})
                    add_library(${shared} OBJECT ${source})
                    target_link_libraries(${shared} PRIVATE bench_contract ${module_LIBRARIES})
                    list(APPEND BENCH_BUILTIN_OBJECTS $<TARGET_OBJECTS:${shared}>)
                endif()
            endforeach()
            string(APPEND bench_builtin_lines "    ${macro_name}(${name}) \\\n")
        endif()
        target_link_libraries(${kind}-${name} PRIVATE bench_contract ${module_LIBRARIES})
    endif()
endmacro()

# bench_engine(NAME TITLE title PROGRAMS compilers ... SOURCES ... REASON text)
#
# What connects ranks, built with the first of these compiler wrappers that there is and whose MPI it is; else
# listed with the reason.
function(bench_engine name)
    cmake_parse_arguments(engine "" "TITLE;REASON" "PROGRAMS;SOURCES" ${ARGN})
    set(lines "${bench_engine_lines}")
    foreach(program IN LISTS engine_PROGRAMS)
        find_program(BENCH_MPICC_${program} ${program})
        mark_as_advanced(BENCH_MPICC_${program})
        if(NOT BENCH_MPICC_${program})
            continue()
        endif()
        execute_process(COMMAND ${BENCH_MPICC_${program}} -show OUTPUT_VARIABLE flags ERROR_QUIET
                        OUTPUT_STRIP_TRAILING_WHITESPACE)
        execute_process(COMMAND ${BENCH_MPICC_${program}} --showme:version RESULT_VARIABLE is_other OUTPUT_QUIET ERROR_QUIET)
        if((name STREQUAL openmpi AND is_other) OR (NOT name STREQUAL openmpi AND NOT is_other) OR NOT flags)
            continue()
        endif()
        separate_arguments(flags UNIX_COMMAND "${flags}")
        list(REMOVE_AT flags 0) # the compiler
        add_library(engine-${name} MODULE ${engine_SOURCES})
        set_target_properties(engine-${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/bench)
        foreach(flag IN LISTS flags)
            if(flag MATCHES "^-I(.*)")
                target_include_directories(engine-${name} SYSTEM PRIVATE ${CMAKE_MATCH_1})
            elseif(flag MATCHES "^-(L|l|Wl)")
                target_link_libraries(engine-${name} PRIVATE ${flag})
            endif()
        endforeach()
        target_compile_definitions(engine-${name} PRIVATE BENCH_ENGINE_NAME="${name}")
        target_link_libraries(engine-${name} PRIVATE bench_contract Threads::Threads)
        set(BENCH_LOADABLE_TARGETS ${BENCH_LOADABLE_TARGETS} engine-${name} PARENT_SCOPE)
        set(bench_engine_lines "${lines}    ENGINE(${name}, \"${engine_TITLE}\", NULL) \\\n" PARENT_SCOPE)
        return()
    endforeach()
    set(bench_engine_lines "${lines}    ENGINE(${name}, \"${engine_TITLE}\", \"${engine_REASON}\") \\\n" PARENT_SCOPE)
endfunction()

# Write the X-macros that modules/registry.c reads.
function(bench_modules_table file)
    file(CONFIGURE OUTPUT ${file} @ONLY CONTENT
"/* Made by CMake from the calls of bench_module(). */
#define BUILTIN_MODULES(WORKLOAD, EXECUTOR) \\
@bench_builtin_lines@
#define LOADABLE_MODULES(WORKLOAD, EXECUTOR) \\
@bench_loadable_lines@
#define MISSING_MODULES(WORKLOAD, EXECUTOR) \\
@bench_missing_lines@
#define ENGINES(ENGINE) \\
@bench_engine_lines@
")
endfunction()

# The name by which the dynamic linker knows a library.
function(bench_soname library folders out)
    find_library(path_of_${library} ${library} HINTS ${folders})
    get_filename_component(real ${path_of_${library}} REALPATH)
    execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${real} OUTPUT_VARIABLE text ERROR_QUIET)
    if(text MATCHES "SONAME +([^ \n]+)")
        set(${out} ${CMAKE_MATCH_1} PARENT_SCOPE)
    else()
        get_filename_component(name ${real} NAME)
        set(${out} ${name} PARENT_SCOPE)
    endif()
endfunction()
