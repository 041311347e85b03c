--- hold: hold a transaction open until told to end it.
--
-- Usage:   dossier hold BASE GO
-- Reads:   the base in the file BASE, which is made where there is none
-- Reports: "holding" once the transaction is open; then waits until there is a file GO
local dossier = require "dossier"

local M = {}

function M.main(_, args)
  local kb = assert(dossier.open(args.base))
  assert(kb:transaction(function(tx)
    tx:add("held", { dossier.entity "by", dossier.entity "holder" })
    io.write("holding\n")
    io.flush()
    for _ = 1, 3000 do
      local go = io.open(args.go)
      if go then
        go:close()
        return true
      end
      os.execute "sleep 0.02"
    end
    error "nobody said go"
  end))
  print "let go"
end

return M
