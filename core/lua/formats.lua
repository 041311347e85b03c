--- dossier.formats: how a document reads as Markdown, HTML, JSON, CSV and TSV.
--
-- JSON has everything, for programs.  CSV has events, items and tables, for spreadsheets;
-- TSV the same, for programs.  The module gives a function that takes what report.lua
-- shares (plain and so on) and gives the renderers by format.
local runs = require "dossier.runs"

---@param shared table<string, function>
---@return table<string, fun(doc: dossier.Doc, out: table, to: table)>
return function(shared)

local plain, is_numeric = shared.plain, shared.is_numeric
local going_on, going_over = shared.going_on, shared.going_over

-- ---- Markdown -----------------------------------------------------------------------

--- So that the text reads as it is, wherever in a line it stands.
local function md_escape(text)
  text = plain(text):gsub("[\\`*_%[%]<>|~&]", "\\%0")
  text = text:gsub("^([#+-])", "\\%1"):gsub("^(%d+)([.)] )", "%1\\%2")
  return text
end

local function md_cite(citations)
  if #citations == 0 then return "" end
  local words = {}
  for i, one in ipairs(citations) do words[i] = md_escape(one.words) end
  return " [" .. table.concat(words, "; ") .. "]"
end

local function md_table(out, block)
  local function line(cells) out[#out + 1] = "| " .. table.concat(cells, " | ") .. " |" end
  local heads, rules = {}, {}
  for c, column in ipairs(block.columns) do
    heads[c] = md_escape(column)
    rules[c] = is_numeric(block, c) and "---:" or "---"
  end
  line(heads)
  line(rules)
  for _, row in ipairs(block.rows) do
    local cells = {}
    for c, cell in ipairs(row) do cells[c] = md_escape(cell.words) end
    line(cells)
  end
end

local md_blocks = {
  heading = function(out, run)
    out[#out + 1] = ("#"):rep(run[1].level + 1) .. " " .. md_escape(run[1].text)
  end,
  paragraph = function(out, run)
    out[#out + 1] = md_escape(run[1].text) .. md_cite(run[1].citations)
  end,
  item = function(out, run)
    for i, item in ipairs(run) do
      out[#out + 1] = "- " .. md_escape(item.text) .. md_cite(item.citations)
      going_on(out, i)
    end
  end,
  event = function(out, run)
    for i, event in ipairs(run) do
      out[#out + 1] = "- **" .. md_escape(event.period or "undated") .. "** "
        .. md_escape(event.text) .. md_cite(event.citations)
      going_on(out, i)
    end
  end,
  table = function(out, run) md_table(out, run[1]) end,
}

local function render_md(doc, out)
  out[1] = "# " .. md_escape(doc.title)
  for run in runs.each(doc.blocks) do
    out[#out + 1] = ""
    md_blocks[run.type](out, run)
    going_over(out)
  end
end

-- ---- HTML ---------------------------------------------------------------------------

local html_chars = {
  ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;",
}

local function html_escape(text)
  return (plain(text):gsub("[&<>\"']", html_chars))
end

local function html_cite(citations)
  if #citations == 0 then return "" end
  local words = {}
  for i, one in ipairs(citations) do words[i] = html_escape(one.words) end
  return " <cite>[" .. table.concat(words, "; ") .. "]</cite>"
end

local function html_table(out, block)
  local function line(tag, cells)
    for c, cell in ipairs(cells) do cells[c] = ("<%s>%s</%s>"):format(tag, cell, tag) end
    out[#out + 1] = "<tr>" .. table.concat(cells) .. "</tr>"
  end
  out[#out + 1] = "<table>"
  local heads = {}
  for c, column in ipairs(block.columns) do heads[c] = html_escape(column) end
  line("th", heads)
  for _, row in ipairs(block.rows) do
    local cells = {}
    for c, cell in ipairs(row) do cells[c] = html_escape(cell.words) end
    line("td", cells)
  end
  out[#out + 1] = "</table>"
end

local html_blocks = {
  heading = function(out, run)
    local level = run[1].level + 1
    out[#out + 1] = ("<h%d>%s</h%d>"):format(level, html_escape(run[1].text), level)
  end,
  paragraph = function(out, run)
    out[#out + 1] = "<p>" .. html_escape(run[1].text) .. html_cite(run[1].citations) .. "</p>"
  end,
  item = function(out, run)
    out[#out + 1] = "<ul>"
    for i, item in ipairs(run) do
      out[#out + 1] = "<li>" .. html_escape(item.text) .. html_cite(item.citations) .. "</li>"
      going_on(out, i)
    end
    out[#out + 1] = "</ul>"
  end,
  event = function(out, run)
    out[#out + 1] = '<ul class="timeline">'
    for i, event in ipairs(run) do
      out[#out + 1] = '<li><span class="when">' .. html_escape(event.period or "undated")
        .. "</span> " .. html_escape(event.text) .. html_cite(event.citations) .. "</li>"
      going_on(out, i)
    end
    out[#out + 1] = "</ul>"
  end,
  table = function(out, run) html_table(out, run[1]) end,
}

local function render_html(doc, out)
  local title = html_escape(doc.title)
  out[1] = "<!DOCTYPE html>"
  out[2] = '<html lang="en">'
  out[3] = '<head><meta charset="utf-8"><title>' .. title .. "</title></head>"
  out[4] = "<body>"
  out[5] = "<h1>" .. title .. "</h1>"
  for run in runs.each(doc.blocks) do
    html_blocks[run.type](out, run)
    going_over(out)
  end
  out[#out + 1] = "</body>"
  out[#out + 1] = "</html>"
end

-- ---- JSON ---------------------------------------------------------------------------

local json_chars = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f",
  ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function json_escape(char) return ("\\u%04x"):format(utf8.codepoint(char)) end

--- JSON asks for the first set of controls only; a terminal obeys what `plain` leaves out.
local function json_string(text)
  text = text:gsub('[\0-\31"\\\127]', function(char)
    return json_chars[char] or ("\\u%04x"):format(char:byte())
  end)
  text = text:gsub("\194[\128-\159]", json_escape)
  text = text:gsub("\226\128[\170-\174]", json_escape):gsub("\226\129[\166-\169]", json_escape)
  return '"' .. text .. '"'
end

--- A number as JSON has it; those it has not become strings.
local function json_number(number)
  if math.type(number) == "integer" then return ("%d"):format(number) end
  if number ~= number or number == math.huge or number == -math.huge then
    return json_string(tostring(number))
  end
  local short = ("%.14g"):format(number)
  if tonumber(short) ~= number then short = ("%.17g"):format(number) end
  return (short:gsub(",", "."))
end

--- {"key": value, ...} in the order given; values are JSON already, nil is left out.
local function json_object(...)
  local parts, fields = {}, table.pack(...)
  for i = 1, fields.n, 2 do
    if fields[i + 1] then parts[#parts + 1] = json_string(fields[i]) .. ": " .. fields[i + 1] end
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local function json_list(items, of)
  local parts = {}
  for i, item in ipairs(items) do parts[i] = of(item) end
  return "[" .. table.concat(parts, ", ") .. "]"
end

local function json_optional(text) return text and json_string(text) end

local function json_citation(one)
  return json_object("source", json_string(one.source), "locator", json_optional(one.locator),
    "verb", one.verb and one.verb ~= "asserts" and json_string(one.verb))
end

local function json_cell(cell)
  if cell.none then return "null" end
  if type(cell.value) == "number" then return json_number(cell.value) end
  if cell.value ~= nil then return tostring(cell.value) end
  if cell.entity then
    return json_object("id", json_string(cell.entity), "label", json_string(cell.words))
  end
  if cell.fact then
    return json_object("fact", json_string(cell.fact), "text", json_string(cell.words))
  end
  return json_string(cell.words)
end

local function json_block(block)
  if block.type == "table" then
    return json_object("type", '"table"', "columns", json_list(block.columns, json_string),
      "rows", json_list(block.rows, function(row) return json_list(row, json_cell) end))
  end
  local when = block.type == "event" and (json_optional(block.when) or "null")
  return json_object("type", json_string(block.type),
    "level", block.level and ("%d"):format(block.level), "when", when,
    "text", json_string(block.text), "fact", json_optional(block.fact),
    "citations", block.citations and json_list(block.citations, json_citation))
end

local function render_json(doc, out)
  out[1] = "{"
  out[2] = '  "title": ' .. json_string(doc.title) .. ","
  out[3] = '  "found": ' .. tostring(doc.found ~= false) .. ","
  local n, last = 0, nil
  for run in runs.each(doc.blocks) do
    for _, block in ipairs(run) do
      if n == 0 then out[#out + 1] = '  "blocks": [' end
      if last then out[#out + 1] = last .. "," end
      n, last = n + 1, "    " .. json_block(block)
      going_on(out, n)
    end
  end
  out[#out + 1] = last or '  "blocks": []'
  if last then out[#out + 1] = "  ]" end
  out[#out + 1] = "}"
end

-- ---- CSV and TSV --------------------------------------------------------------------

--- A text that a spreadsheet would take for a formula has a ' before it.
local function safe(text)
  if text:find("^[=+@-]") and not text:find("^-?%d+%.?%d*$") then return "'" .. text end
  return text
end

local function csv_cell(text)
  if text:find('[,"\r\n]') or text:find("^[ \t]") or text:find("[ \t]$") then
    return '"' .. text:gsub('"', '""') .. '"'
  end
  return text
end

local tsv_chars = { ["\\"] = "\\\\", ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r" }

local function tsv_cell(text) return (text:gsub("[\\\t\n\r]", tsv_chars)) end

--- How the two are written.
local csv = { between = ",", cell = csv_cell, safe = safe }
local tsv = { between = "\t", cell = tsv_cell, safe = function(text) return text end }

local function add_line(out, cells, as)
  local parts = {}
  for i, cell in ipairs(cells) do parts[i] = as.cell(cell) end
  local line = table.concat(parts, as.between)
  if line == "" and as == csv then line = '""' end -- readers skip an empty line
  out[#out + 1] = line
end

local function csv_cite(block)
  local words = {}
  for i, one in ipairs(block.citations) do words[i] = one.words end
  return table.concat(words, "; ")
end

--- What a run's lines are headed by, and what one of its blocks comes to.
local csv_heads = {
  event = { "when", "text", "citations" },
  item = { "text", "citations" },
  paragraph = { "text", "citations" },
}
local function csv_row(block, as)
  local text, citations = as.safe(block.text), as.safe(csv_cite(block))
  if block.type == "event" then return { block.when or "", text, citations } end
  return { text, citations }
end

--- The heads of a run's columns, and a function that gives its i-th row, nil past the last.
local function csv_rows(run, as)
  if run.type ~= "table" then
    return { table.unpack(csv_heads[run.type]) }, function(i)
      local block = run[i]
      return block and csv_row(block, as)
    end
  end
  local heads, rows = {}, run[1].rows
  for c, column in ipairs(run[1].columns) do heads[c] = as.safe(column) end
  return heads, function(r)
    local row = rows[r] and {}
    for c, cell in ipairs(rows[r] or {}) do
      row[c] = cell.value == nil and as.safe(cell.words) or cell.words
    end
    return row
  end
end

--- Does a block say what a spreadsheet can use: a paragraph that cites nothing is a remark
--- on the rest.
local function is_row(block)
  return block.type ~= "heading" and (block.type ~= "paragraph" or #block.citations > 0)
end

local function is_heading(block) return block.type == "heading" end

--- Does a test let some block through?
local function some(blocks, passes)
  for block in runs.blocks(blocks) do
    if passes(block) then return true end
  end
  return false
end

--- Runs with the same columns, one after the other, go on under one head; a run has the
--- section that it stands in before its rows, where the document has sections.
local function render_lines(doc, out, as)
  local section, headed, sections = {}, nil, some(doc.blocks, is_heading)
  local keeps = some(doc.blocks, is_row) -- no remarks, unless there is nothing else
    and function(block) return is_heading(block) or is_row(block) end
  for run in runs.each(doc.blocks, keeps) do
    if run.type == "heading" then
      section[run[1].level] = run[1].text
      for level = run[1].level + 1, 3 do section[level] = nil end
    else
      local heads, row_at = csv_rows(run, as)
      local path = {}
      for level = 1, 3 do path[#path + 1] = section[level] end
      path = as.safe(table.concat(path, " / "))
      if sections then table.insert(heads, 1, "section") end
      local head = table.concat(heads, "\0")
      if head ~= headed then
        if headed then out[#out + 1] = "" end
        add_line(out, heads, as)
        headed = head
      end
      local i, row = 1, row_at(1)
      while row do
        if sections then table.insert(row, 1, path) end
        add_line(out, row, as)
        going_on(out, i)
        i, row = i + 1, row_at(i + 1)
      end
      going_over(out)
    end
  end
end

return {
  md = render_md,
  html = render_html,
  json = render_json,
  csv = function(doc, out) render_lines(doc, out, csv) end,
  tsv = function(doc, out) render_lines(doc, out, tsv) end,
}

end
