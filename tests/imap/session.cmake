# The tests of the sessions, included by tests/imap/CMakeLists.txt.
add_library(imap_testing STATIC
  ${CMAKE_SOURCE_DIR}/tests/imap/client_model.cc
  ${CMAKE_SOURCE_DIR}/tests/imap/dialog.cc
  ${CMAKE_SOURCE_DIR}/tests/imap/dialog_client.cc
  ${CMAKE_SOURCE_DIR}/tests/imap/login_script.cc
  ${CMAKE_SOURCE_DIR}/tests/imap/memory_folder.cc
  ${CMAKE_SOURCE_DIR}/tests/imap/memory_store.cc
  ${CMAKE_SOURCE_DIR}/tests/imap/response_reader.cc
  ${CMAKE_SOURCE_DIR}/tests/imap/response_syntax.cc
  ${CMAKE_SOURCE_DIR}/tests/imap/resync_client.cc
  ${CMAKE_SOURCE_DIR}/tests/imap/session_script.cc)
target_link_libraries(imap_testing PUBLIC postkeep_imap)
target_include_directories(imap_testing PUBLIC ${CMAKE_SOURCE_DIR}
  ${CMAKE_SOURCE_DIR}/proptests)

pk_test(imap login_session DEPS imap_testing)
pk_test(imap resync DEPS imap_testing)
pk_test(imap session DEPS imap_testing)
pk_test(imap session_dialog DEPS imap_testing)
pk_test(imap session_foreign DEPS imap_testing postkeep_store postkeep_sim)
pk_test(imap session_world DEPS imap_testing)
pk_prop(imap session DEPS imap_testing)
pk_prop(imap login_session DEPS imap_testing)
pk_prop(imap resync DEPS imap_testing postkeep_store postkeep_sim GTest::gtest)
pk_fuzz(imap session DEPS imap_testing)
pk_fuzz(imap login_session DEPS imap_testing)
