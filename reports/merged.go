package reports

import (
	"fmt"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
)

// apartTolerated is by how much the slices of a run may have begun one after the other without a word about it: a frame's
// second.
const apartTolerated = time.Second

// mergedFaults says what a run that was merged from slices is without: a fault, or a warning when no more is missing than
// was accepted. Of a slice alone it says that it is one.
func mergedFaults(plan *record.LoadPlan) (faults, warnings Lines) {
	if plan == nil {
		return nil, nil
	}
	if plan.Whole != nil {
		warnings = append(warnings, fmt.Sprintf("This is slice %d/%d alone, %s of %s: 'muster report DIR DIR...' merges the slices of a run",
			plan.Slice.Index, plan.Slice.Count, numeral.Thousands(int64(plan.Players)), count(int64(plan.Whole.Players), "player")))
	}
	if plan.Apart > apartTolerated {
		warnings = append(warnings, fmt.Sprintf("The slices began up to %s apart, so what stands in one second did not happen at once", micros(plan.Apart.Microseconds())))
	}
	m := plan.Missing
	if m == nil {
		return nil, warnings
	}
	text := missingText(m)
	if m.Percent() <= m.Accepted {
		return nil, append(warnings, fmt.Sprintf("%s; up to %g %% was accepted", text, m.Accepted))
	}
	return Lines{text + "."}, warnings
}

// missingText names the missing slices and their share.
func missingText(m *record.Missing) string {
	names := make([]string, len(m.Slices))
	for i, k := range m.Slices {
		names[i] = fmt.Sprintf("%d/%d", k, m.Of)
	}
	what, verb := "Slice ", " is missing: "
	if len(names) > 1 {
		what, verb = "Slices ", " are missing: "
	}
	return fmt.Sprintf("%s%s%s%.1f %% of %s, %s", what, strings.Join(names, ", "), verb,
		100*float64(m.Players)/float64(max(m.Whole.Players, 1)), count(int64(m.Whole.Players), "player"), count(m.Actions, "planned action"))
}
