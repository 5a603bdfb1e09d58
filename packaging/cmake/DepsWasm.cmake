# The third-party libraries of the wasm build, as imported targets with the names that Deps.cmake gives them natively.
include_guard(GLOBAL)

set(SAFE_DEPS_DIR "${CMAKE_CURRENT_LIST_DIR}/../deps")
cmake_path(NORMAL_PATH SAFE_DEPS_DIR)
execute_process(
  COMMAND "${SAFE_DEPS_DIR}/build-wasm.sh" --path
  OUTPUT_VARIABLE SAFE_DEPS_PREFIX
  OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "Building the dependencies failed (see above). To try again by hand:\n"
                      "  ${SAFE_DEPS_DIR}/../setup.sh build wasm && ${SAFE_DEPS_DIR}/build-wasm.sh")
endif()
# What the script makes its key of.
file(GLOB inputs CONFIGURE_DEPENDS "${SAFE_DEPS_DIR}/wasm/*" "${SAFE_DEPS_DIR}/../patches/brotli/*.patch")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${SAFE_DEPS_DIR}/build-wasm.sh" ${inputs})

foreach(name sodium brotlicommon brotlidec brotlienc blake3)
  add_library(safe_dep::${name} STATIC IMPORTED GLOBAL)
  set_target_properties(
    safe_dep::${name}
    PROPERTIES IMPORTED_LOCATION "${SAFE_DEPS_PREFIX}/lib/lib${name}.a"
               INTERFACE_INCLUDE_DIRECTORIES "${SAFE_DEPS_PREFIX}/include"
               IMPORTED_LINK_INTERFACE_LANGUAGES C)
endforeach()
set_property(TARGET safe_dep::brotlidec PROPERTY INTERFACE_LINK_LIBRARIES safe_dep::brotlicommon)
set_property(TARGET safe_dep::brotlienc PROPERTY INTERFACE_LINK_LIBRARIES safe_dep::brotlicommon)

# Boost's headers alone: /usr/include has those of another C library.
find_path(SAFE_BOOST_INCLUDE boost/version.hpp NO_CMAKE_FIND_ROOT_PATH PATHS /usr/include)
if(NOT SAFE_BOOST_INCLUDE)
  message(FATAL_ERROR "boost/version.hpp is missing (package libboost1.81-dev). Type: ${SAFE_DEPS_DIR}/../setup.sh build")
endif()
set(boost "${PROJECT_BINARY_DIR}/cmake/include/boost")
file(MAKE_DIRECTORY "${boost}")
file(CREATE_LINK "${SAFE_BOOST_INCLUDE}/boost" "${boost}/boost" SYMBOLIC)
add_library(safe_dep::boost INTERFACE IMPORTED GLOBAL)
set_target_properties(
  safe_dep::boost
  PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${boost}"
             INTERFACE_COMPILE_DEFINITIONS
             "BOOST_ERROR_CODE_HEADER_ONLY;BOOST_ASIO_HAS_CO_AWAIT=1;BOOST_ASIO_DISABLE_STD_COROUTINE;BOOST_ASIO_DISABLE_THREADS")
