"""What a run found, as Markdown tables."""


def composed_limit(workload: str, limits: dict[str, float]) -> float:
    """The rate at which nothing is done but HTTP (nginx) and the signatures; storage is free."""
    requests = 2 if workload == "code flow" else 1
    signatures = {"client_credentials ES256": ("ES256",), "client_credentials RS256": ("RS256",),
                  "refresh": ("ES256", "ES256"), "code flow": ("ES256", "ES256")}
    seconds = requests / limits["return"]
    seconds += sum(1 / limits[name] for name in signatures.get(workload, ()))
    return 1 / seconds


def goal_of(workload: str, goal: int | None, limits: dict[str, float]) -> float:
    return 0.9 * limits["RS256"] if goal is None else goal


def row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def table(heading: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(line[i]) for line in [heading, *rows]) for i in range(len(heading))]
    lines = [[cell.ljust(width) if i == 0 else cell.rjust(width)
              for i, (cell, width) in enumerate(zip(line, widths))] for line in [heading, *rows]]
    rule = ["-" * width if i == 0 else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    return "\n".join([row(lines[0]), row(rule), *map(row, lines[1:])]) + "\n"


def workload_table(results: dict[str, dict[str, dict]], limits: dict[str, float],
                   workloads: dict[str, tuple[str, int | None]]) -> str:
    heading = ["workload, per core", "Gatehouse", "per s", "p50 ms", "p99 ms", "oidc-provider",
               "limit", "x peer", "of limit", "goal", "of goal"]
    rows = []
    peers = results.get("oidc-provider", {})
    for workload, found in results["Gatehouse"].items():
        own, peer = found["per_cpu_s"], peers.get(workload, {}).get("per_cpu_s")
        limit = composed_limit(workload, limits)
        goal = goal_of(workload, workloads[workload][1], limits)
        rows.append([workload, f"{own:,.0f}", f"{found['per_s']:,.0f}", f"{found['p50_ms']:.2f}",
                     f"{found['p99_ms']:.2f}", f"{peer:,.0f}" if peer else "-", f"{limit:,.0f}",
                     f"{own / peer:.1f}" if peer else "-", f"{own / limit:.2f}", f"{goal:,.0f}",
                     f"{own / goal:.2f}"])
    return table(heading, rows)


def footprint_table(footprints: dict[str, dict[str, float]]) -> str:
    rows = [[name, f"{found['start_ms']:.0f}", f"{found['idle_mb']:.1f}",
             f"{found['loaded_mb']:.1f}"] for name, found in footprints.items()]
    return table(["footprint", "cold start ms", "idle MB", "after load MB"], rows)


def limits_line(limits: dict[str, float]) -> str:
    return (f"Limits per core: nginx `return` {limits['return']:,.0f}/s, nginx static JSON "
            f"{limits['file']:,.0f}/s, openssl P-256 {limits['ES256']:,.0f} and RSA-2048 "
            f"{limits['RS256']:,.0f} signatures/s.")
