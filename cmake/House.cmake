# The rules of the house for the build: how a room, a machine, a test, a
# property, a fuzz target and a proof are declared. Each is one line in the
# CMakeLists.txt of its room.

find_program(RAGEL ragel REQUIRED)
execute_process(COMMAND ${RAGEL} --version OUTPUT_VARIABLE RAGEL_VERSION)
if(NOT RAGEL_VERSION MATCHES "version 6\\.10")
  message(FATAL_ERROR "Ragel 6.10 wanted (Ragel 7 is another language)")
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
if(POSTKEEP_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
file(GLOB GRAMMARS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/grammar/*.rl)

add_library(house_rules INTERFACE)
target_include_directories(house_rules INTERFACE ${CMAKE_SOURCE_DIR}/src
  ${CMAKE_SOURCE_DIR})
target_compile_options(house_rules INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  -Wold-style-cast -Werror
  -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
  -ftrivial-auto-var-init=zero)
# The macro may come from the environment of a packager too: set it once. With
# assertions of the library, an index past the end of a span and an optional
# that is read empty end the role, like any other mistake of our own.
target_compile_options(house_rules INTERFACE
  $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
  -D_GLIBCXX_ASSERTIONS>)

option(POSTKEEP_SANITIZE "Build with address and undefined-behaviour checks" OFF)
option(POSTKEEP_COVERAGE "Count which lines the tests reach" OFF)
if(POSTKEEP_FUZZ)
  target_compile_options(house_rules INTERFACE
    "SHELL:-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=vptr"
    -fno-sanitize-recover=all)
  target_link_options(house_rules INTERFACE -fsanitize=address,undefined)
elseif(POSTKEEP_SANITIZE)
  target_compile_options(house_rules INTERFACE
    "SHELL:-fsanitize=address,undefined -fno-sanitize=vptr"
    -fno-sanitize-recover=all)
  target_link_options(house_rules INTERFACE -fsanitize=address,undefined)
endif()
if(POSTKEEP_COVERAGE)
  target_compile_options(house_rules INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(house_rules INTERFACE --coverage)
endif()

# ragel_machine(<target> <file.rl> <style>): compiles one machine into a target;
# the path is from the top of the tree.
# -G2 gives each state its own lines of code, so that a coverage report shows
# which states no test has reached. Oracles use -T0, another back end of Ragel,
# so that a fault in one of the two is a difference.
function(ragel_machine target source style)
  set(out ${CMAKE_BINARY_DIR}/machines/${source}.cc)
  get_filename_component(folder ${out} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${out}
    COMMAND ${RAGEL} -C ${style} -I ${CMAKE_SOURCE_DIR}/grammar -o ${out}
            ${CMAKE_SOURCE_DIR}/${source}
    DEPENDS ${CMAKE_SOURCE_DIR}/${source} ${GRAMMARS}
    COMMENT "Ragel ${source}" VERBATIM)
  # What each style cannot be free of; no other warning is given up.
  set(unavoidable_-G2 -Wno-implicit-fallthrough -Wno-old-style-cast
    -Wno-unused-const-variable)
  set(unavoidable_-T0 -Wno-sign-conversion -Wno-old-style-cast
    -Wno-unused-const-variable)
  # The address machine has 1,280 states: clang needs 2 s for it at -O0 with
  # sanitizers, and minutes at -O1; g++ needs a few seconds at -O1.
  set(effort $<$<NOT:$<CONFIG:Release>>:$<IF:$<CXX_COMPILER_ID:Clang>,-O0,-O1>>)
  set_source_files_properties(${out} PROPERTIES
    COMPILE_OPTIONS "${unavoidable_${style}};${effort}")
  target_sources(${target} PRIVATE ${out})
endfunction()

# pk_room(<room> SOURCES … MACHINES … DEPS …): the library postkeep_<room>.
# Sources are named from the room's folder, machines likewise.
function(pk_room room)
  cmake_parse_arguments(A "" "" "SOURCES;MACHINES;DEPS" ${ARGN})
  set(target postkeep_${room})
  add_library(${target} STATIC ${A_SOURCES})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX
    POSITION_INDEPENDENT_CODE ON)
  foreach(machine ${A_MACHINES})
    ragel_machine(${target} src/${room}/${machine} -G2)
  endforeach()
  target_link_libraries(${target} PUBLIC house_rules ${A_DEPS})
  target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti)
endfunction()

# pk_laws(<room> MACHINES … SOURCES … DEPS …): the library <room>_laws: the laws
# in proptests/<room> and their oracles (machines named from that folder).
function(pk_laws room)
  cmake_parse_arguments(A "" "" "SOURCES;MACHINES;DEPS" ${ARGN})
  set(target ${room}_laws)
  list(TRANSFORM A_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/proptests/${room}/)
  add_library(${target} STATIC ${A_SOURCES})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  foreach(machine ${A_MACHINES})
    ragel_machine(${target} proptests/${room}/${machine} -T0)
  endforeach()
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/proptests
    ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${target} PUBLIC postkeep_${room} ${A_DEPS})
endfunction()

# What script/test builds of the fuzz and coverage presets: nothing else of them
# is run. Counted are the rooms of tests/house/coverage.py; their tests run in
# the coverage build, all others (uncounted_tests) in the debug build, so that
# each is built and run once.
add_custom_target(fuzzers)
add_custom_target(counted_tests)
add_custom_target(uncounted_tests)
set(counted_rooms smtp imap pop3 message auth spool ipc)
# The label of a room's tests, and the target that builds those counted.
function(pk_unit_label room target result)
  if(room IN_LIST counted_rooms)
    add_dependencies(counted_tests ${target})
    set(${result} unit_counted PARENT_SCOPE)
  else()
    add_dependencies(uncounted_tests ${target})
    set(${result} unit PARENT_SCOPE)
  endif()
endfunction()

# pk_test(<room> <stem> [DEPS …]): tests/<room>/<stem>_test.cc (GoogleTest).
function(pk_test room stem)
  cmake_parse_arguments(A "" "" "DEPS" ${ARGN})
  set(target ${room}_${stem}_test)
  add_executable(${target} ${CMAKE_SOURCE_DIR}/tests/${room}/${stem}_test.cc)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE
    POSTKEEP_TOP="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE house_rules ${A_DEPS}
    GTest::gtest_main)
  pk_unit_label(${room} ${target} label)
  gtest_discover_tests(${target} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600 LABELS ${label})
endfunction()

# pk_prop(<room> <stem> [DEPS …]): proptests/<room>/<stem>_prop.cc (RapidCheck).
function(pk_prop room stem)
  cmake_parse_arguments(A "" "" "DEPS" ${ARGN})
  set(target ${room}_${stem}_prop)
  add_executable(${target} ${CMAKE_SOURCE_DIR}/proptests/${room}/${stem}_prop.cc)
  target_link_libraries(${target} PRIVATE house_rules ${A_DEPS} rapidcheck)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  pk_unit_label(${room} ${target} label)
  add_test(NAME ${target} COMMAND ${target})
  set_tests_properties(${target} PROPERTIES TIMEOUT 600 LABELS ${label})
endfunction()

# pk_fuzz(<room> <stem> [RUNS n] [DEPS …]): fuzz/<room>_<stem>_fuzz.cc over
# corpus/<room>_<stem>, with fuzz/<room>_<stem>.dict where there is one. Every
# build replays the corpus; with POSTKEEP_FUZZ it is a libFuzzer target too.
set(POSTKEEP_FUZZ_RUNS 100000 CACHE STRING "Runs of each fuzz target")
function(pk_fuzz room stem)
  cmake_parse_arguments(A "" "RUNS" "DEPS" ${ARGN})
  if(NOT A_RUNS)
    set(A_RUNS ${POSTKEEP_FUZZ_RUNS})
  endif()
  set(name ${room}_${stem})
  set(source ${CMAKE_SOURCE_DIR}/fuzz/${name}_fuzz.cc)
  add_executable(${name}_replay ${source} ${CMAKE_SOURCE_DIR}/fuzz/replay.cc)
  target_link_libraries(${name}_replay PRIVATE house_rules ${A_DEPS})
  target_include_directories(${name}_replay PRIVATE ${CMAKE_SOURCE_DIR}/tests
    ${CMAKE_SOURCE_DIR}/proptests)
  add_test(NAME ${name}_replay
    COMMAND ${name}_replay ${CMAKE_SOURCE_DIR}/corpus/${name})
  pk_unit_label(${room} ${name}_replay label)
  set_tests_properties(${name}_replay PROPERTIES TIMEOUT 600 LABELS ${label})
  if(POSTKEEP_FUZZ)
    add_executable(${name}_fuzz ${source})
    add_dependencies(fuzzers ${name}_fuzz)
    target_link_libraries(${name}_fuzz PRIVATE house_rules ${A_DEPS})
    target_include_directories(${name}_fuzz PRIVATE ${CMAKE_SOURCE_DIR}/tests
      ${CMAKE_SOURCE_DIR}/proptests)
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    # The corpus is copied: what libFuzzer finds does not land in the tree.
    set(dictionary ${CMAKE_SOURCE_DIR}/fuzz/${name}.dict)
    if(EXISTS ${dictionary})
      set(dictionary -dict=${dictionary})
    else()
      set(dictionary "")
    endif()
    add_test(NAME ${name}_fuzz COMMAND sh ${CMAKE_SOURCE_DIR}/fuzz/run.sh
      $<TARGET_FILE:${name}_fuzz> ${CMAKE_SOURCE_DIR}/corpus/${name}
      ${A_RUNS} ${dictionary})
    set_tests_properties(${name}_fuzz PROPERTIES TIMEOUT 900 LABELS fuzz)
  endif()
endfunction()

# pk_prove(<name> <left> <right>): both sides accept the same octet strings.
# Sides as grammar/prove.py takes them, paths from the top of the tree.
function(pk_prove name left right)
  add_test(NAME proof_${name}
    COMMAND ${Python3_EXECUTABLE} grammar/prove.py ${left} ${right} ${ARGN}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(proof_${name} PROPERTIES TIMEOUT 600)
endfunction()
