# The model of the C interface (capi/model), made from the headers when they change.
#
#   SAFE_MODEL_PYTHON   a Python that has libclang, or empty: only generators and drift tests need it,
#                       not the library itself
#   SAFE_MODEL_JSON     the model's file
#   safe_model          the target that makes it
#   safe_generated(target script.py [BYPRODUCTS file...] [ARGUMENTS argument...])
#                       a target that runs a generator of this folder when the model or a script has changed
include_guard(GLOBAL)

set(SAFE_MODEL_DIR "${CMAKE_CURRENT_LIST_DIR}" CACHE INTERNAL "")
set(SAFE_MODEL_JSON "${PROJECT_BINARY_DIR}/model/model.json" CACHE INTERNAL "")

function(safe_find_model_python)
  foreach(candidate python3 /usr/bin/python3)
    execute_process(COMMAND ${candidate} -c "import clang.cindex, sys; print(sys.executable)"
                    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
      set(SAFE_MODEL_PYTHON "${found}" CACHE FILEPATH "A Python that has libclang (package python3-clang-14)")
      return()
    endif()
  endforeach()
endfunction()

if(NOT SAFE_MODEL_PYTHON)
  safe_find_model_python()
endif()

if(SAFE_MODEL_PYTHON)
  file(GLOB headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/../include/safe/*.h")
  file(GLOB scripts CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/*.py")
  add_custom_command(
    OUTPUT "${SAFE_MODEL_JSON}.stamp"
    BYPRODUCTS "${SAFE_MODEL_JSON}"
    COMMAND "${SAFE_MODEL_PYTHON}" "${CMAKE_CURRENT_LIST_DIR}/model.py" --out "${SAFE_MODEL_JSON}"
    COMMAND "${CMAKE_COMMAND}" -E touch "${SAFE_MODEL_JSON}.stamp"
    DEPENDS ${headers} ${scripts}
    COMMENT "Reading the C interface"
    VERBATIM)
  add_custom_target(safe_model DEPENDS "${SAFE_MODEL_JSON}.stamp")

  function(safe_generated target script)
    cmake_parse_arguments(PARSE_ARGV 2 a "" "" "BYPRODUCTS;ARGUMENTS")
    set(stamp "${CMAKE_CURRENT_BINARY_DIR}/${target}.stamp")
    file(GLOB scripts CONFIGURE_DEPENDS "${SAFE_MODEL_DIR}/*.py")
    add_custom_command(
      OUTPUT "${stamp}"
      BYPRODUCTS ${a_BYPRODUCTS}
      COMMAND "${SAFE_MODEL_PYTHON}" "${SAFE_MODEL_DIR}/${script}" "${SAFE_MODEL_JSON}" ${a_ARGUMENTS}
      COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
      DEPENDS "${SAFE_MODEL_JSON}.stamp" ${scripts}
      COMMENT "Running ${script}"
      VERBATIM)
    add_custom_target(${target} ALL DEPENDS "${stamp}")
    add_dependencies(${target} safe_model)
  endfunction()
endif()
