package reference

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime/export"
)

// export serves one table: ?table=sessions (the default) or insights, ?format=csv (the default) or parquet. The document
// has a button for it and no endpoint; this one is muster's own and, like the insights, needs no credentials.
func (s *Server) export(m *contract.Message) contract.Reply {
	if m.Method != http.MethodGet {
		return onlyGet()
	}
	// A query that is malformed in part still gives the parts that could be read.
	query, _ := url.ParseQuery(m.Query)
	table := cmp.Or(query.Get("table"), export.TableSessions)
	format := cmp.Or(query.Get("format"), export.CSV)
	if err := export.Check(table, format); err != nil {
		return reply(http.StatusBadRequest, "text/plain", []byte(err.Error()+"\n"))
	}
	var data bytes.Buffer
	if err := export.Write(&data, s, table, format); err != nil {
		return reply(http.StatusInternalServerError, "text/plain", []byte(err.Error()+"\n"))
	}
	r := reply(http.StatusOK, export.ContentType(format), data.Bytes())
	r.Header = append(r.Header, contract.Field{
		Name: "Content-Disposition", Value: `attachment; filename="` + table + "." + format + `"`,
	})
	return r
}

// onlyGet refuses a method other than GET at one of muster's own paths.
func onlyGet() contract.Reply {
	r := reply(http.StatusMethodNotAllowed, "text/plain", []byte("only GET is allowed here"))
	r.Header = []contract.Field{{Name: "Allow", Value: http.MethodGet}}
	return r
}
