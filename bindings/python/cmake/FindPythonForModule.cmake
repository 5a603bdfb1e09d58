# The Python to build for: the `python3` that the user would type, if it has its C headers, else /usr/bin/python3.
# Gives Python_* (find_package(Python) with that interpreter) and SAFE_PYBIND11_INCLUDE.
#
# Not find_package(pybind11): its configuration looks for a Python of its own and takes the first one that a version
# manager puts in its way.
include_guard(GLOBAL)

function(safe_python_with_headers out)
  foreach(candidate python3 /usr/bin/python3)
    # The interpreter itself, not a version manager's shim; and only if Python.h is there.
    execute_process(
      COMMAND ${candidate} -c
              "import os, sys, sysconfig; os.stat(sysconfig.get_path('include') + '/Python.h'); print(sys.executable)"
      OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
      set(${out} "${found}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "No Python 3 with C headers (package python3-dev). Type: packaging/setup.sh build, "
                      "or configure with -DSAFE_BUILD_PYTHON=OFF")
endfunction()

if(NOT Python_EXECUTABLE)
  safe_python_with_headers(found)
  set(Python_EXECUTABLE "${found}" CACHE FILEPATH "The Python to build the module for")
endif()
find_package(Python 3.8 REQUIRED COMPONENTS Interpreter Development.Module)

find_path(SAFE_PYBIND11_INCLUDE pybind11/pybind11.h)
mark_as_advanced(SAFE_PYBIND11_INCLUDE)
if(NOT SAFE_PYBIND11_INCLUDE)
  message(FATAL_ERROR "pybind11/pybind11.h is missing (package pybind11-dev). Type: packaging/setup.sh build, "
                      "or configure with -DSAFE_BUILD_PYTHON=OFF")
endif()
