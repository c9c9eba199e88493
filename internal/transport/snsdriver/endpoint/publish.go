package endpoint

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/passmuster/muster/internal/contract"
)

// publication is one message to be published.
type publication struct {
	id         string // of the entry; empty for a lone message
	text       string
	subject    string
	structure  string
	attributes map[string]messageAttribute
}

// messageAttribute is an attribute as it is delivered.
type messageAttribute struct{ Type, Value string }

var entryID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

// publish is the action Publish.
func (e *Endpoint) publish(ctx context.Context, form url.Values) (result, *Error) {
	arn := form.Get("TopicArn")
	if arn == "" {
		arn = form.Get("TargetArn")
	}
	t, refused := e.publishable(arn)
	if refused != nil {
		return nil, refused
	}
	p := readPublication(form, "")
	if len(p.text) > 0 && p.size() > e.cfg.limit() {
		return nil, newError(invalidParameter, "Invalid parameter: Message too long")
	}
	id, refused := e.take(ctx, t, p)
	if refused != nil {
		return nil, refused
	}
	return publishResult{MessageID: id}, nil
}

// publishBatch is the action PublishBatch: what is wrong with the batch fails it all, what is wrong with an entry fails
// that entry.
func (e *Endpoint) publishBatch(ctx context.Context, form url.Values) (result, *Error) {
	t, refused := e.publishable(form.Get("TopicArn"))
	if refused != nil {
		return nil, refused
	}
	entries := readEntries(form)
	if refused := e.checkBatch(entries); refused != nil {
		return nil, refused
	}
	var told batchResult
	for i, p := range entries {
		if e.cfg.Wrong.ForgetsEntries && i > 0 && i == len(entries)-1 {
			break
		}
		id, refused := "", e.disturbed(i)
		if refused == nil {
			id, refused = e.take(ctx, t, p)
		}
		e.tell(&told, entries[0].id, p, id, refused)
	}
	return told, nil
}

// tell puts one entry into a list of the answer.
func (e *Endpoint) tell(told *batchResult, first string, p publication, id string, refused *Error) {
	wrong := e.cfg.Wrong
	if refused == nil || wrong.HidesFailures {
		told.Successful = append(told.Successful, successfulEntry{p.id, id})
		return
	}
	e.counts.failed.Add(1)
	failed := failedEntry{p.id, refused.Code, refused.Message, !refused.ours()}
	switch {
	case wrong.ForgetsFailures:
	case wrong.BlamesFirst:
		told.Successful = append(told.Successful, successfulEntry{p.id, id})
		failed.ID = first
		fallthrough
	default:
		told.Failed = append(told.Failed, failed)
	}
}

// acceptAll takes every message of a request, wherever it is addressed and whoever sends it.
func (e *Endpoint) acceptAll(ctx context.Context, form url.Values) {
	for _, p := range append(readEntries(form), readPublication(form, "")) {
		if p.text != "" {
			_ = e.cfg.Accept(ctx, &contract.Message{Transport: contract.SNS, Body: []byte(p.text)}) // it was refused; nobody hears of this
		}
	}
}

func (e *Endpoint) disturbed(entry int) *Error {
	if code := e.cfg.Disturb("PublishBatch", entry); code != "" {
		return newError(Code(code), "disturbed on purpose")
	}
	return nil
}

// checkBatch finds what is wrong with a batch as a whole (A-S4, A-S6).
func (e *Endpoint) checkBatch(entries []publication) *Error {
	wrong := e.cfg.Wrong
	ids, size, most := map[string]bool{}, 0, maxEntries
	if wrong.NineEntries {
		most--
	}
	for _, p := range entries {
		if !entryID.MatchString(p.id) {
			return newError(invalidEntryID, fmt.Sprintf("entry id %.90q, want 1 to 80 letters, digits, hyphens and underscores", p.id))
		}
		ids[p.id] = true
		size += p.size()
	}
	switch {
	case len(entries) == 0:
		return newError(emptyBatch, "the batch holds no entry")
	case len(entries) > most && !wrong.ManyEntries:
		return newError(tooMany, fmt.Sprintf("the batch holds %d entries, at most %d are taken", len(entries), most))
	case len(ids) < len(entries) && !wrong.SameIDs:
		return newError(notDistinct, "two entries of the batch have one id")
	case size > e.cfg.limit():
		return newError(tooLong, fmt.Sprintf("the batch holds %d bytes, at most %d are taken", size, e.cfg.limit()))
	}
	return nil
}

// take accepts one message and hands it to the subscribers.
func (e *Endpoint) take(ctx context.Context, t *topic, p publication) (string, *Error) {
	if refused := p.check(e.cfg.Wrong); refused != nil {
		return "", refused
	}
	if err := e.cfg.Accept(ctx, &contract.Message{Transport: contract.SNS, Body: []byte(p.text)}); err != nil {
		return "", newError(internalError, "the message could not be taken")
	}
	id := newID()
	e.counts.published.Add(1)
	e.notify(t, id, p)
	return id, nil
}

// check finds what is wrong with one message (A-S9).
func (p publication) check(wrong Wrong) *Error {
	switch {
	case p.text == "" && !wrong.EmptyMessages:
		return newError(invalidParameter, "Invalid parameter: Empty message")
	case !legal(p.text) && !wrong.IllegalCharacters:
		return newError(invalidParameter, "Invalid parameter: Message Reason: want UTF-8 of characters that XML 1.0 allows")
	case p.structure != "":
		return newError(invalidParameter, "Invalid parameter: MessageStructure is not offered")
	}
	return nil
}

// size is what counts against the limit.
func (p publication) size() int {
	size := len(p.text)
	for name, a := range p.attributes {
		size += len(name) + len(a.Type) + len(a.Value)
	}
	return size
}

// legal tells whether text is made of what XML 1.0 calls characters (section 2.2).
func legal(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < 0x20 && r != 0x9 && r != 0xA && r != 0xD || r == 0xFFFE || r == 0xFFFF
	})
}

func readPublication(form url.Values, prefix string) publication {
	p := publication{
		id: form.Get(prefix + "Id"), text: form.Get(prefix + "Message"), subject: form.Get(prefix + "Subject"),
		structure: form.Get(prefix + "MessageStructure"),
	}
	for _, n := range members(form, prefix+"MessageAttributes.entry.") {
		at := prefix + "MessageAttributes.entry." + strconv.Itoa(n) + "."
		value := form.Get(at+"Value.StringValue") + form.Get(at+"Value.BinaryValue")
		if p.attributes == nil {
			p.attributes = map[string]messageAttribute{}
		}
		p.attributes[form.Get(at+"Name")] = messageAttribute{form.Get(at + "Value.DataType"), value}
	}
	return p
}

func readEntries(form url.Values) []publication {
	const list = "PublishBatchRequestEntries.member."
	var entries []publication
	for _, n := range members(form, list) {
		entries = append(entries, readPublication(form, list+strconv.Itoa(n)+"."))
	}
	return entries
}

// members lists the numbers of the members of a list, in order.
func members(form url.Values, list string) []int {
	found := map[int]bool{}
	for name := range form {
		rest, is := strings.CutPrefix(name, list)
		number, _, has := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(number); is && has && err == nil && strconv.Itoa(n) == number {
			found[n] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
