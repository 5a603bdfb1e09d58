# libsafe.a for wasm, and what goes with it into the folder of the module (wasm/README.md, "Linking libsafe.a"):
#
#   libsafe.a         the core, the C interface and the third-party libraries in one archive
#   include/          the C interface, and safe_wasm.h
#   libsafe-host.js   what the archive imports
#   libsafe.rsp       what to tell the linker
set(folder "${SAFE_OUTPUT_DIR}/wasm")
set(archive "${folder}/libsafe.a")

set(parts)
foreach(name base crypto encoding data protocol selfencrypt store net vault client host)
  get_target_property(type safe_${name} TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    list(APPEND parts safe_${name})
  endif()
endforeach()
set(libraries ${parts} safe_dep::sodium safe_dep::blake3 safe_dep::brotlienc safe_dep::brotlidec safe_dep::brotlicommon)
list(TRANSFORM libraries REPLACE "(.+)" "$<TARGET_FILE:\\1>")
add_custom_command(
  OUTPUT "${archive}"
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${folder}"
  COMMAND "${CMAKE_COMMAND}" -E rm -f "${archive}"
  # L: what is in an archive is added, not the archive.
  COMMAND "${CMAKE_AR}" qcLDs "${archive}" $<TARGET_OBJECTS:safe_capi> ${libraries}
  DEPENDS safe_capi $<TARGET_OBJECTS:safe_capi> ${parts} ${libraries}
  COMMAND_EXPAND_LISTS
  COMMENT "Merging libsafe.a"
  VERBATIM)

# copied(file to): made anew when the file changes.
set(made "${archive}")
function(copied file to)
  add_custom_command(OUTPUT "${to}" COMMAND "${CMAKE_COMMAND}" -E copy "${file}" "${to}" DEPENDS "${file}" VERBATIM)
  set(made ${made} "${to}" PARENT_SCOPE)
endfunction()
copied("${CMAKE_CURRENT_SOURCE_DIR}/glue/library.js" "${folder}/libsafe-host.js")
copied("${CMAKE_CURRENT_SOURCE_DIR}/include/safe_wasm.h" "${folder}/include/safe_wasm.h")
file(GLOB headers CONFIGURE_DEPENDS "${SAFE_ROOT}/capi/include/safe/*.h")
foreach(header ${headers})
  cmake_path(GET header FILENAME name)
  copied("${header}" "${folder}/include/safe/${name}")
endforeach()

file(CONFIGURE OUTPUT "${folder}/libsafe.rsp" CONTENT [=[
"-I@folder@/include"
"@archive@"
--js-library "@folder@/libsafe-host.js"
-fexceptions
-Wl,--export=safe_wasm_pump
-sALLOW_MEMORY_GROWTH=1
-sMEMORY_GROWTH_LINEAR_STEP=1MB
-sINITIAL_MEMORY=8MB
-sTOTAL_STACK=1MB
@SAFE_WASM_INLINING@
]=] @ONLY)

add_custom_target(safe_archive ALL DEPENDS ${made})
