# Tests that drive the program from outside, and their plug-ins: those that misbehave, and one whose mix is known.

set(fakes constructor endless faulty careless sharing old_abi old_executor empty hollow impostor planner waiting liar sleeper witness)
foreach(fake IN LISTS fakes)
    add_library(fake-${fake} MODULE fakes/${fake}.c)
    set_target_properties(fake-${fake} PROPERTIES PREFIX "" OUTPUT_NAME ${fake}
                          LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/fakes)
    target_link_libraries(fake-${fake} PRIVATE bench_contract)
    list(APPEND fake_targets fake-${fake})
endforeach()

add_library(fake-blend MODULE fakes/blend.c ${PROJECT_SOURCE_DIR}/workloads/common/cpu_work.c)
set_target_properties(fake-blend PROPERTIES PREFIX "" OUTPUT_NAME blend
                      LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/fakes)
target_include_directories(fake-blend PRIVATE ${PROJECT_SOURCE_DIR}/workloads)
target_link_libraries(fake-blend PRIVATE bench_contract m)
list(APPEND fake_targets fake-blend)

add_executable(fake-forbid fakes/forbid.c)
set_target_properties(fake-forbid PROPERTIES OUTPUT_NAME forbid RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/fakes)
list(APPEND fake_targets fake-forbid)

foreach(name IN ITEMS cli launcher measuring report report_readers lifecycle kill protocol lanes exec workloads compare ab baseline plugins runtimes cpython cpython_function python_module lever advise advise_rows counting history)
    bench_test(${name} SOURCES program.c LIBRARIES util)
    add_dependencies(test_${name} bench ${fake_targets})
endforeach()
bench_test(timing LABELS threads SOURCES program.c LIBRARIES util)
add_dependencies(test_timing bench)
# Ranks, under each MPI there is.
bench_test(ranks LABELS mpi TIMEOUT 300 SOURCES program.c LIBRARIES util)
add_dependencies(test_ranks bench ${fake_targets})
add_test(NAME ranks_mpich COMMAND ${run} $<TARGET_FILE:test_ranks> mpich)
set_tests_properties(ranks_mpich PROPERTIES LABELS mpi TIMEOUT 300)
add_test(NAME cluster COMMAND ${run} ${CMAKE_CURRENT_SOURCE_DIR}/cluster/test.sh $<TARGET_FILE:bench> $<TARGET_FILE:fake-faulty>)
set_tests_properties(cluster PROPERTIES LABELS mpi TIMEOUT 900)
set_tests_properties(ranks ranks_mpich cluster PROPERTIES SKIP_RETURN_CODE 77 RUN_SERIAL TRUE)
set_property(TEST lanes workloads APPEND PROPERTY LABELS threads)
if(CURL_FOUND)
    bench_test(http SOURCES program.c fake_server.c LIBRARIES util)
    add_dependencies(test_http bench)
endif()
