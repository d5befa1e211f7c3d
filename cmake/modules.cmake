# Workloads and executors. The core names none of them: it includes the table that is made here.

set(BENCH_BUILTIN_TARGETS "")
set(BENCH_BUILTIN_OBJECTS "")
set(BENCH_LOADABLE_TARGETS "")
set(bench_builtin_lines "")
set(bench_loadable_lines "")
set(bench_missing_lines "")

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
