// Parameters whose number is known only when a statement runs. Private to what makes statements out
// of the catalog.

#pragma once

#include <array>
#include <utility>
#include <vector>

#include "server/storage/table_statements.h"

namespace gatehouse::storage {

// A list of parameters has its length fixed where it is written: there is one such place for each
// length up to that of a row, and for each length of a full batch of rows.
template <class Act, std::size_t... Index>
auto act_with(const std::vector<Param>& params, Act act, std::index_sequence<Index...>) {
  return act(Params{params[Index]...});
}
template <std::size_t step, class Act>
auto act_by_steps(const std::vector<Param>& params, Act act) {
  using Outcome = decltype(act(Params{}));
  using Call = Outcome (*)(const std::vector<Param>&, Act);
  constexpr auto calls = []<std::size_t... Count>(std::index_sequence<Count...>) {
    return std::array<Call, sizeof...(Count)>{[](const std::vector<Param>& all, Act each) {
      return act_with(all, each, std::make_index_sequence<Count * step>());
    }...};
  }
  (std::make_index_sequence<TableStatements::columns_max + 1>());
  ENSURE(params.size() % step == 0 && params.size() / step < calls.size());
  return calls[params.size() / step](params, act);
}
// Calls `act` with the parameters as the list that a statement takes. Their number is at most
// TableStatements::columns_max, or that of a full batch of rows.
template <class Act>
auto with_params(const std::vector<Param>& params, Act act) {
  if (params.size() <= TableStatements::columns_max) return act_by_steps<1>(params, act);
  return act_by_steps<TableStatements::rows_at_once>(params, act);
}

}  // namespace gatehouse::storage
