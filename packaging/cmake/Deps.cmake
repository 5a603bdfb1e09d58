# The third-party libraries, as imported targets:
#
#   safe_dep::brotlienc   patched (packaging/patches/brotli): quality 6 writes
#                         what the network's Rust encoder writes
#   safe_dep::brotlidec   safe_dep::blake3   safe_dep::sodium   safe_dep::sqlite3
#   safe_dep::boost       headers only       safe_dep::fmt      headers only
#
# All but the last two are position-independent static archives, so that
# libsafe.so needs nothing but the C and C++ runtime. With SAFE_SYSTEM_LIBS
# libsodium and SQLite are the system's shared libraries (for distributions);
# the brotli encoder is ours in any case, because it decides addresses.
#
# Also set: SAFE_DEPS_PREFIX (the cache folder; its src/ has the sources as
# built, for other targets) and SAFE_DEPS_ARCHIVES (all static archives, for
# those who merge them into libsafe.a).
include_guard(GLOBAL)

option(SAFE_SYSTEM_LIBS "Use the system's shared libsodium and SQLite" OFF)
set(SAFE_DEPS_DIR "${CMAKE_CURRENT_LIST_DIR}/../deps")
cmake_path(NORMAL_PATH SAFE_DEPS_DIR)

# Where the dependencies are; builds them when the cache has none.
function(safe_build_deps out_prefix)
    execute_process(
        COMMAND "${SAFE_DEPS_DIR}/build.sh" --path
        OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE
        RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR
            "Building the dependencies failed (see above). To try again by hand:\n"
            "  ${SAFE_DEPS_DIR}/../setup.sh build && ${SAFE_DEPS_DIR}/build.sh")
    endif()
    set(${out_prefix} "${prefix}" PARENT_SCOPE)
    # What the script makes its key of.
    file(GLOB inputs CONFIGURE_DEPENDS "${SAFE_DEPS_DIR}/../patches/brotli/*.patch")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${SAFE_DEPS_DIR}/build.sh" ${inputs})
endfunction()

# Stops unless the whole archive can become part of a shared object that is
# opened at any time: no text relocations, no static thread-local storage.
# As in libsafe.so, the archive's own symbols are local to the object: Debian
# compiles some archives with -fPIE, which is enough for that and no more.
function(safe_require_pic archive)
    file(TIMESTAMP "${archive}" stamp)
    string(MAKE_C_IDENTIFIER "SAFE_PIC_${archive}_${stamp}" checked)
    if(DEFINED CACHE{${checked}})
        return()
    endif()
    set(probe "${CMAKE_BINARY_DIR}/CMakeFiles/safe_pic_probe.so")
    file(WRITE "${probe}.map" "{ local: *; };\n")
    execute_process(
        COMMAND "${CMAKE_CXX_COMPILER}" -shared -o "${probe}" -Wl,-z,defs -Wl,-z,text
            "-Wl,--version-script=${probe}.map"
            -Wl,--whole-archive "${archive}" -Wl,--no-whole-archive ${ARGN} -lpthread -lm
        RESULT_VARIABLE failed OUTPUT_VARIABLE log ERROR_VARIABLE log)
    if(failed)
        string(SUBSTRING "${log}" 0 1500 log)
        message(FATAL_ERROR
            "${archive} cannot be linked into a shared object: it was not built with -fPIC, "
            "or needs libraries that libsafe does not bring.\n${log}")
    endif()
    find_program(SAFE_READELF NAMES readelf llvm-readelf llvm-readelf-14)
    mark_as_advanced(SAFE_READELF)
    if(SAFE_READELF)
        execute_process(COMMAND "${SAFE_READELF}" -d "${probe}" OUTPUT_VARIABLE dynamic)
        if(dynamic MATCHES "STATIC_TLS|TEXTREL")
            message(FATAL_ERROR
                "${archive} forces ${CMAKE_MATCH_0} on a shared object, so that dlopen of "
                "libsafe.so could fail: it was not built with -fPIC.")
        endif()
    endif()
    file(REMOVE "${probe}" "${probe}.map")
    set(${checked} TRUE CACHE INTERNAL "${archive} is position-independent")
endfunction()

function(safe_import_static name archive includes)
    if(NOT EXISTS "${archive}")
        message(FATAL_ERROR "${archive} is missing. Type: ${SAFE_DEPS_DIR}/../setup.sh build")
    endif()
    add_library(safe_dep::${name} STATIC IMPORTED GLOBAL)
    set_target_properties(safe_dep::${name} PROPERTIES
        IMPORTED_LOCATION "${archive}"
        INTERFACE_INCLUDE_DIRECTORIES "${includes}"
        IMPORTED_LINK_INTERFACE_LANGUAGES C)
endfunction()

function(safe_import_shared name package)
    find_package(PkgConfig REQUIRED)
    pkg_check_modules(SAFE_SYSTEM_${name} REQUIRED IMPORTED_TARGET GLOBAL ${package})
    add_library(safe_dep::${name} ALIAS PkgConfig::SAFE_SYSTEM_${name})
endfunction()

function(safe_import_headers name header minimum_macro minimum package)
    find_path(SAFE_${name}_INCLUDE "${header}")
    mark_as_advanced(SAFE_${name}_INCLUDE)
    if(NOT SAFE_${name}_INCLUDE)
        message(FATAL_ERROR "${header} is missing (package ${package}). Type: ${SAFE_DEPS_DIR}/../setup.sh build")
    endif()
    file(STRINGS "${SAFE_${name}_INCLUDE}/${header}" line REGEX "#define ${minimum_macro} ")
    string(REGEX MATCH "[0-9]+" version "${line}")
    if(version LESS minimum)
        message(FATAL_ERROR "${SAFE_${name}_INCLUDE}/${header} says ${minimum_macro} ${version}; at least ${minimum} is needed (package ${package})")
    endif()
    add_library(safe_dep::${name} INTERFACE IMPORTED GLOBAL)
    # /usr/include is on every path already; naming it again breaks #include_next.
    if(NOT SAFE_${name}_INCLUDE STREQUAL "/usr/include")
        set_target_properties(safe_dep::${name} PROPERTIES
            INTERFACE_INCLUDE_DIRECTORIES "${SAFE_${name}_INCLUDE}")
    endif()
endfunction()

safe_build_deps(SAFE_DEPS_PREFIX)
set(SAFE_DEPS_ARCHIVES)
foreach(name brotlicommon brotlidec brotlienc blake3)
    safe_import_static(${name} "${SAFE_DEPS_PREFIX}/lib/lib${name}.a" "${SAFE_DEPS_PREFIX}/include")
    list(APPEND SAFE_DEPS_ARCHIVES "${SAFE_DEPS_PREFIX}/lib/lib${name}.a")
endforeach()
set_property(TARGET safe_dep::brotlidec PROPERTY INTERFACE_LINK_LIBRARIES safe_dep::brotlicommon)
set_property(TARGET safe_dep::brotlienc PROPERTY INTERFACE_LINK_LIBRARIES safe_dep::brotlicommon m)
safe_require_pic("${SAFE_DEPS_PREFIX}/lib/libbrotlicommon.a")
safe_require_pic("${SAFE_DEPS_PREFIX}/lib/libbrotlienc.a" "${SAFE_DEPS_PREFIX}/lib/libbrotlicommon.a")
safe_require_pic("${SAFE_DEPS_PREFIX}/lib/libbrotlidec.a" "${SAFE_DEPS_PREFIX}/lib/libbrotlicommon.a")
safe_require_pic("${SAFE_DEPS_PREFIX}/lib/libblake3.a")

if(SAFE_SYSTEM_LIBS)
    safe_import_shared(sodium libsodium)
    safe_import_shared(sqlite3 sqlite3)
else()
    foreach(name sodium sqlite3)
        find_library(SAFE_${name}_ARCHIVE lib${name}.a)
        mark_as_advanced(SAFE_${name}_ARCHIVE)
        if(NOT SAFE_${name}_ARCHIVE)
            message(FATAL_ERROR "lib${name}.a is missing. Type: ${SAFE_DEPS_DIR}/../setup.sh build\n"
                "(or configure with -DSAFE_SYSTEM_LIBS=ON to use the system's shared library)")
        endif()
        safe_require_pic("${SAFE_${name}_ARCHIVE}")
        safe_import_static(${name} "${SAFE_${name}_ARCHIVE}" "")
        list(APPEND SAFE_DEPS_ARCHIVES "${SAFE_${name}_ARCHIVE}")
    endforeach()
    set_property(TARGET safe_dep::sqlite3 PROPERTY INTERFACE_LINK_LIBRARIES m)
endif()

safe_import_headers(boost boost/version.hpp BOOST_VERSION 108100 libboost1.81-dev)
set_property(TARGET safe_dep::boost PROPERTY INTERFACE_COMPILE_DEFINITIONS BOOST_ERROR_CODE_HEADER_ONLY)
safe_import_headers(fmt fmt/core.h FMT_VERSION 90000 libfmt-dev)
set_property(TARGET safe_dep::fmt PROPERTY INTERFACE_COMPILE_DEFINITIONS FMT_HEADER_ONLY)
