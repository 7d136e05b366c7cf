# The tests of the sessions, included by tests/imap/CMakeLists.txt.
add_library(imap_testing STATIC
  ${CMAKE_SOURCE_DIR}/tests/imap/memory_folder.cc
  ${CMAKE_SOURCE_DIR}/tests/imap/memory_store.cc)
target_link_libraries(imap_testing PUBLIC postkeep_imap)
target_include_directories(imap_testing PUBLIC ${CMAKE_SOURCE_DIR})
