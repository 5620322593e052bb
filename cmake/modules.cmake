# gatehouse_module(NAME path DEPS modules… LIBS libraries…)
#
# One folder under server/ becomes a static library; its *_test.cc files become one test program,
# registered with ctest under the module's name. New files are picked up by the next build. Programs
# of modules that know the database can make one (tests/world/test_database.h), and carry the label
# "database": ./test runs them on each engine.

# The standard library, precompiled once for all modules.
file(WRITE ${CMAKE_BINARY_DIR}/generated/empty.cc "")
add_library(gatehouse_std OBJECT ${CMAKE_BINARY_DIR}/generated/empty.cc)
target_precompile_headers(gatehouse_std PRIVATE
  <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <functional> <map> <memory>
  <mutex> <optional> <span> <string> <string_view> <thread> <tuple> <unordered_map> <utility>
  <variant> <vector>)

add_library(gatehouse_test_main OBJECT ${CMAKE_SOURCE_DIR}/tests/main.cc)

function(gatehouse_use_std target)
  target_precompile_headers(${target} REUSE_FROM gatehouse_std)
endfunction()

function(gatehouse_module name)
  cmake_parse_arguments(MODULE "" "PATH" "DEPS;LIBS;DIRS;SOURCES" ${ARGN})
  if(NOT MODULE_PATH)
    set(MODULE_PATH ${name})
  endif()
  set(globs ${CMAKE_SOURCE_DIR}/server/${MODULE_PATH}/*.cc)
  foreach(dir IN LISTS MODULE_DIRS)
    list(APPEND globs ${CMAKE_SOURCE_DIR}/server/${MODULE_PATH}/${dir}/*.cc)
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS ${globs})
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  list(APPEND sources ${MODULE_SOURCES})

  set(links ${MODULE_LIBS})
  foreach(dep IN LISTS MODULE_DEPS)
    list(APPEND links gatehouse_${dep})
  endforeach()

  if(sources)
    add_library(gatehouse_${name} STATIC ${sources})
    gatehouse_use_std(gatehouse_${name})
    target_link_libraries(gatehouse_${name} PUBLIC ${links})
  else()
    add_library(gatehouse_${name} INTERFACE)
    target_link_libraries(gatehouse_${name} INTERFACE ${links})
  endif()
  if(tests)
    add_executable(${name}_test ${tests} $<TARGET_OBJECTS:gatehouse_test_main>)
    gatehouse_use_std(${name}_test)
    target_link_libraries(${name}_test PRIVATE gatehouse_${name})
    add_test(NAME ${name} COMMAND ${name}_test --no-intro WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    if(name STREQUAL "storage" OR "storage" IN_LIST MODULE_DEPS)
      target_link_libraries(${name}_test PRIVATE gatehouse_test_database)
      set_tests_properties(${name} PROPERTIES LABELS database)
    endif()
  endif()
endfunction()

# gatehouse_embed(OUT variable-prefix DIR folder GLOBS …): files become string constants in a
# generated .cc that defines  std::span<const EmbeddedFile> gatehouse::<namespace>::embedded_files().
function(gatehouse_embed out namespace dir)
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${dir} ${ARGN})
  list(SORT files)
  set(output ${CMAKE_BINARY_DIR}/generated/embedded_${namespace}.cc)
  set(absolute)
  foreach(file IN LISTS files)
    list(APPEND absolute ${dir}/${file})
  endforeach()
  add_custom_command(
    OUTPUT ${output}
    COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/embed.py ${namespace} ${dir} ${output} ${files}
    DEPENDS ${absolute} ${CMAKE_SOURCE_DIR}/tools/embed.py
    VERBATIM)
  set(${out} ${output} PARENT_SCOPE)
endfunction()
