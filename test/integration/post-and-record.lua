-- For wrk: counts, and writes down every number that comes back, one on each line.
wrk.method = "POST"

function response(status, headers, body)
  io.write("counted ", status, " ", body, "\n")
end
