// Every limit on what comes from outside, by name.

#pragma once

#include <chrono>
#include <cstddef>

namespace gatehouse::limits {

using namespace std::chrono_literals;

// HTTP
inline constexpr std::size_t request_head_bytes_max = 16 * 1024;
inline constexpr std::size_t request_fields_max = 100;
inline constexpr std::size_t request_target_bytes_max = 8 * 1024;
inline constexpr std::size_t user_agent_bytes_max = 512;
inline constexpr std::size_t form_body_bytes_max = 64 * 1024;
inline constexpr std::size_t json_body_bytes_max = 256 * 1024;
inline constexpr auto header_deadline = 5s;  // from the first byte of a head to its end
inline constexpr auto body_deadline = 20s;   // from the end of the head to the body's end
inline constexpr auto connection_idle_max = 60s;
inline constexpr auto request_deadline = 10s;  // for our own work on one request
inline constexpr auto drain_deadline = 15s;    // for requests under way after SIGTERM
inline constexpr std::size_t connections_max = 16 * 1024;
inline constexpr std::size_t output_buffer_bytes_max = 256 * 1024;  // per connection, then no reads
inline constexpr auto write_deadline = 20s;  // for a reader to take all, or the next:
inline constexpr std::size_t write_progress_bytes_min = 32 * 1024;
inline constexpr auto linger_max = 2s;  // reading on after an answer that closes

// HTTP/2
inline constexpr std::size_t h2_streams_max = 128;
inline constexpr std::size_t h2_resets_burst_max = 200;  // then 33 a second
inline constexpr std::size_t h2_resets_per_second_max = 33;
inline constexpr std::size_t h2_continuations_max = 8;
inline constexpr std::size_t h2_header_block_bytes_max = 64 * 1024;  // as encoded
inline constexpr std::size_t h2_control_frames_burst_max = 1000;  // that carry no request or body
inline constexpr std::size_t h2_control_frames_per_second_max = 100;
inline constexpr std::size_t h2_bodies_bytes_max = 4 * 1024 * 1024;  // of all requests being read

// Forms and JSON
inline constexpr std::size_t form_fields_max = 64;
inline constexpr std::size_t json_depth_max = 16;
inline constexpr std::size_t json_values_max = 4096;

// Management API
inline constexpr std::size_t rpc_message_bytes_max = 1024 * 1024;  // unpacked
inline constexpr std::size_t rpc_unpack_ratio_max = 100;           // of a compressed message
inline constexpr int rpc_message_depth_max = 64;

// OAuth
inline constexpr std::size_t redirect_uri_bytes_max = 256;
inline constexpr std::size_t state_bytes_max = 2048;
inline constexpr std::size_t nonce_bytes_max = 512;
inline constexpr std::size_t scope_bytes_max = 1024;
inline constexpr std::size_t login_hint_bytes_max = 320;
// Of a provider or a connection that a request names.
inline constexpr std::size_t selector_bytes_max = 300;
inline constexpr std::size_t token_bytes_max = 8 * 1024;
inline constexpr std::size_t token_header_bytes_max = 1024;
inline constexpr std::size_t jwk_bytes_max = 4 * 1024;

// Sign-in
inline constexpr int code_tries_max = 5;
inline constexpr auto code_lifetime = 10min;
inline constexpr auto flow_lifetime = 10min;
inline constexpr int mails_per_address_per_minute_max = 2;

// SAML
inline constexpr std::size_t saml_message_bytes_max = 256 * 1024;  // of XML, unpacked
inline constexpr std::size_t saml_unpack_ratio_max = 50;           // of a message in an address
inline constexpr std::size_t saml_metadata_bytes_max = 1024 * 1024;
inline constexpr std::size_t saml_attributes_bytes_max = 32 * 1024;  // that are kept of a person

// Calls to others
inline constexpr auto outbound_deadline = 5s;
inline constexpr std::size_t outbound_response_bytes_max = 1024 * 1024;
inline constexpr std::size_t outbound_calls_max = 32;  // under way at the same time

// Mail
inline constexpr std::size_t mail_header_bytes_max = 400;
inline constexpr std::size_t mail_body_bytes_max = 128 * 1024;  // of one part
inline constexpr auto smtp_deadline = 30s;                      // for one letter

// What one organization may have
inline constexpr int domains_per_organization_max = 200;
inline constexpr int connections_per_organization_max = 50;
inline constexpr int directories_per_organization_max = 20;

// Names
inline constexpr std::size_t email_bytes_max = 254;
inline constexpr std::size_t display_name_bytes_max = 200;

}  // namespace gatehouse::limits
