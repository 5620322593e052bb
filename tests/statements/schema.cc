#include "tests/statements/schema.h"

#include <algorithm>

namespace gatehouse::statements {
namespace {

// Tables by which each engine keeps the history of its schema stand apart.
#define GATEHOUSE_HISTORY "('schema_migrations', 'compatible_migrations', 'migration_lock')"

// "users 03 email TEXT NOT NULL DEFAULT ''"
constexpr const char* sqlite_columns =
    "SELECT t.name || ' ' || printf('%02d', c.cid + 1) || ' ' || c.name || ' ' || c.type"
    " || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' NOT NULL' ELSE '' END"
    " || CASE WHEN c.hidden > 0 THEN ' COMPUTED' ELSE '' END"
    " || COALESCE(' DEFAULT ' || c.dflt_value, '')"
    " FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table'"
    " AND t.name NOT IN " GATEHOUSE_HISTORY;
constexpr const char* postgres_columns =
    "SELECT t.relname || ' ' || to_char(row_number() OVER (PARTITION BY t.oid ORDER BY a.attnum),"
    " 'FM00') || ' ' || a.attname || ' ' || CASE format_type(a.atttypid, a.atttypmod)"
    " WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' WHEN 'text' THEN CASE l.collname"
    " WHEN 'C' THEN 'TEXT' ELSE 'text by ' || l.collname END"
    " ELSE format_type(a.atttypid, a.atttypmod) END"
    " || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END"
    " || CASE WHEN a.attgenerated <> '' THEN ' COMPUTED' ELSE COALESCE(' DEFAULT ' ||"
    " replace(replace(pg_get_expr(d.adbin, d.adrelid), '::text', ''), '::bigint', ''), '') END"
    " FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0"
    " AND NOT a.attisdropped LEFT JOIN pg_collation l ON l.oid = a.attcollation"
    " LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum"
    " WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace"
    " AND t.relname NOT IN " GATEHOUSE_HISTORY;

// "memberships PRIMARY KEY (organization_id, user_id)"
constexpr const char* sqlite_keys =
    "SELECT name || ' PRIMARY KEY (' || group_concat(column, ', ') || ')' FROM"
    " (SELECT t.name, c.name AS column FROM sqlite_schema t, pragma_table_info(t.name) c"
    " WHERE t.type = 'table' AND c.pk > 0 AND t.name NOT IN " GATEHOUSE_HISTORY
    " ORDER BY t.name, c.pk) GROUP BY name";
constexpr const char* postgres_keys =
    "SELECT t.relname || ' ' || pg_get_constraintdef(k.oid) FROM pg_constraint k"
    " JOIN pg_class t ON t.oid = k.conrelid WHERE k.contype = 'p'"
    " AND t.relnamespace = 'public'::regnamespace AND t.relname NOT IN " GATEHOUSE_HISTORY;

// "users UNIQUE (environment_id, email)": those that a table was made with have names of the
// engine.
constexpr const char* sqlite_unique =
    "SELECT name || ' UNIQUE (' || group_concat(column, ', ') || ')' FROM"
    " (SELECT t.name, i.name AS own_name, c.name AS column FROM sqlite_schema t,"
    " pragma_index_list(t.name) i, pragma_index_info(i.name) c WHERE t.type = 'table'"
    " AND i.origin = 'u' AND t.name NOT IN " GATEHOUSE_HISTORY
    " ORDER BY i.name, c.seqno) GROUP BY name, own_name";
constexpr const char* postgres_unique =
    "SELECT t.relname || ' ' || pg_get_constraintdef(k.oid) FROM pg_constraint k"
    " JOIN pg_class t ON t.oid = k.conrelid WHERE k.contype = 'u'"
    " AND t.relnamespace = 'public'::regnamespace AND t.relname NOT IN " GATEHOUSE_HISTORY;

// "CREATE UNIQUE INDEX roles_of_environment ON roles (environment_id, name) WHERE …"
constexpr const char* sqlite_indices = "SELECT sql FROM sqlite_schema WHERE type = 'index'";
constexpr const char* postgres_indices =
    "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
    " WHERE t.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint k"
    " WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))";

// "memberships (user_id) -> users (id) CASCADE"
constexpr const char* sqlite_foreign_keys =
    "SELECT name || ' (' || group_concat(own, ', ') || ') -> ' || other || ' (' ||"
    " group_concat(theirs, ', ') || ') ' || action FROM (SELECT t.name, f.id, f.\"from\" AS own,"
    " f.\"table\" AS other, f.\"to\" AS theirs, f.on_delete AS action FROM sqlite_schema t,"
    " pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY t.name, f.id, f.seq)"
    " GROUP BY name, id, other, action";
constexpr const char* postgres_foreign_keys =
    "SELECT t.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY c.place)"
    " FROM unnest(k.conkey) WITH ORDINALITY AS c (number, place) JOIN pg_attribute a"
    " ON a.attrelid = k.conrelid AND a.attnum = c.number) || ') -> ' || o.relname || ' (' ||"
    " (SELECT string_agg(a.attname, ', ' ORDER BY c.place)"
    " FROM unnest(k.confkey) WITH ORDINALITY AS c (number, place) JOIN pg_attribute a"
    " ON a.attrelid = k.confrelid AND a.attnum = c.number) || ') ' || CASE k.confdeltype"
    " WHEN 'c' THEN 'CASCADE' WHEN 'a' THEN 'NO ACTION' ELSE k.confdeltype::text END"
    " || CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END"
    " FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid"
    " JOIN pg_class o ON o.oid = k.confrelid WHERE k.contype = 'f'";

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t i = text.find(what); i != text.npos; i = text.find(what, i + by.size())) {
    text.replace(i, what.size(), by);
  }
}

// Each engine sets its own brackets, blanks and types.
std::string plain(std::string index) {
  replace_all(index, "public.", "");
  replace_all(index, "USING btree", "");
  replace_all(index, "::text[]", "");
  replace_all(index, "::text", "");
  replace_all(index, "= ANY (ARRAY[", "IN (");
  std::erase_if(index, [](char c) { return c == '(' || c == ')' || c == ']' || c == '\n'; });
  while (index.find("  ") != index.npos) replace_all(index, "  ", " ");
  while (index.ends_with(' ')) index.pop_back();
  return index;
}

}  // namespace

Lines sqlite_schema(SqliteJudge& judge) {
  Lines lines;
  const auto add = [&](const char* sql, auto form) {
    sqlite3_stmt* statement = nullptr;
    ENSURE(sqlite3_prepare_v2(judge.handle(), sql, -1, &statement, nullptr) == SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      if (text != nullptr) lines.insert(form(std::string(text)));
    }
    sqlite3_finalize(statement);
  };
  const auto as_it_is = [](std::string line) { return line; };
  for (const char* sql : {sqlite_columns, sqlite_keys, sqlite_unique, sqlite_foreign_keys}) {
    add(sql, as_it_is);
  }
  add(sqlite_indices, plain);
  return lines;
}

Lines postgres_schema(world::PlainConnection& connection) {
  Lines lines;
  for (const char* sql :
       {postgres_columns, postgres_keys, postgres_unique, postgres_foreign_keys}) {
    for (std::string& line : connection.run(sql)) lines.insert(std::move(line));
  }
  for (std::string& line : connection.run(postgres_indices)) lines.insert(plain(std::move(line)));
  return lines;
}

}  // namespace gatehouse::statements
