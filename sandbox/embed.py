#!/usr/bin/env python3
"""Writes the policy files into one C++ file: embed.py OUT POLICY..."""
import pathlib, sys

out, *files = sys.argv[1:]
lines = ["// Written by sandbox/embed.py from sandbox/*.policy.",
         "#include <cstddef>", "#include <string_view>", "",
         "namespace postkeep::sandbox {", "",
         "extern const std::size_t embedded_policies_count;",
         "extern const std::string_view embedded_policies[][2];",
         f"const std::size_t embedded_policies_count = {len(files)};",
         "const std::string_view embedded_policies[][2] = {"]
for name in files:
    path = pathlib.Path(name)
    lines.append(f'    {{"{path.stem}",\n     R"policy({path.read_text()})policy"}},')
lines += ["};", "", "}  // namespace postkeep::sandbox", ""]
pathlib.Path(out).write_text("\n".join(lines))
