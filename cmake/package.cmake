# `cpack -G DEB`: the packages bench, bench-mpi and bench-python, for the Debian that it is built on. What each has is
# said by COMPONENT where it is installed; package_stage.cmake makes of that what Debian's policy asks for, and
# package_finish.cmake takes away what cpack adds.

set(BENCH_MAINTAINER "The bench authors <bench@localhost.invalid>" CACHE STRING "Who answers for the packages: NAME <MAIL>")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME bench)
set(CPACK_PACKAGE_CONTACT "${BENCH_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_NAME} built using CMake") # else it precedes each package's own
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/package_stage.cmake)
set(CPACK_POST_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/package_finish.cmake)
set(CPACK_BENCH_SOURCE_DIR ${PROJECT_SOURCE_DIR}) # for package_stage.cmake

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL bench bench-python)
if(BENCH_ENGINE_TARGETS)
    list(APPEND CPACK_COMPONENTS_ALL bench-mpi)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SOURCE bench)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_BENCH_PACKAGE_NAME bench)
set(CPACK_DEBIAN_BENCH_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_BENCH_PACKAGE_RECOMMENDS "libopenblas0, libjs-chart.js")
set(CPACK_DEBIAN_BENCH_PACKAGE_SUGGESTS "bench-python, bench-mpi, libpfm4, gnuplot")
set(CPACK_COMPONENT_BENCH_DESCRIPTION
"benchmark harness for CPU-bound and I/O-bound work
Runs a matrix of workloads and ways of running them (threads, processes,
OpenMP, event loops), each case in fresh processes, and says how long each
takes, how it scales, what it waits for, and what got slower.
.
Own workloads and executors are plug-ins or any program.")

set(CPACK_DEBIAN_BENCH-PYTHON_PACKAGE_NAME bench-python)
set(CPACK_DEBIAN_BENCH-PYTHON_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_BENCH-PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_BENCH-PYTHON_PACKAGE_DEPENDS "bench (= ${PROJECT_VERSION}), python3:any (>= 3.9)")
set(CPACK_DEBIAN_BENCH-PYTHON_PACKAGE_RECOMMENDS "python3-numpy, python3-gevent, python3-uvloop")
set(CPACK_DEBIAN_BENCH-PYTHON_PACKAGE_SUGGESTS "python3-distributed, python3-celery, python3-redis, redis-server")
set(CPACK_DEBIAN_BENCH-PYTHON_PACKAGE_CONTROL_EXTRA
    "${PROJECT_SOURCE_DIR}/cmake/deb/postinst;${PROJECT_SOURCE_DIR}/cmake/deb/prerm")
set(CPACK_COMPONENT_BENCH-PYTHON_DESCRIPTION
"bench for CPython, its threads, processes and event loops
The runner that measures what CPython offers (threads, processes, asyncio,
gevent and others) beside bench's own executors, and the module bench for
scripts and test suites.")

set(CPACK_DEBIAN_BENCH-MPI_PACKAGE_NAME bench-mpi)
set(CPACK_DEBIAN_BENCH-MPI_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_BENCH-MPI_PACKAGE_DEPENDS "bench (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_BENCH-MPI_PACKAGE_SUGGESTS "openmpi-bin | mpich, slurm-client")
set(CPACK_COMPONENT_BENCH-MPI_DESCRIPTION
"bench for ranks, connected by MPI
What connects ranks, runners that share no memory, for the executor mpi:
an engine for each MPI.")
include(CPack)
