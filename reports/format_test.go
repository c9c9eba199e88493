package reports

import "testing"

func TestFormats(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{count(1, "event"), "1 event"}, {count(2500, "event"), "2,500 events"},
		{micros(0), "0 µs"}, {micros(999), "999 µs"}, {micros(1000), "1.00 ms"}, {micros(99_960), "100 ms"}, {micros(999_499), "999 ms"},
		{micros(999_500), "1.00 s"}, {micros(61_000_000), "61.0 s"},
		{percent(0), "0 %"}, {percent(0.1), "10 %"}, {percent(1), "100 %"}, {percent(0.00123456), "0.123 %"}, {percent(1e-7), "0.00001 %"},
		{seconds(0), "0 s"}, {seconds(30.5), "30.5 s"}, {seconds(120), "2 min"}, {seconds(150), "2 min 30 s"}, {seconds(7260), "2 h 1 min"},
		{bytesText(2048), "2 KiB"}, {bytesText(5 << 20), "5.00 MiB"}, {bytesText(3 << 29), "1.50 GiB"},
		{spans([]int{4}), "second 4"}, {spans([]int{1, 2, 3, 7, 9, 10}), "seconds 1-3, 7, 9-10"},
		{spans([]int{0, 2, 4, 6, 8, 10, 12, 14, 16, 18}), "seconds 0, 2, 4, 6, 8, 10, 12, 14 and 2 more"},
		{figure(1811.75), "1,811.75"}, {figure(-0.5), "-0.50"}, {figure(12), "12"},
		{difference(100, 99), "−1 %"}, {difference(0, 3), "+3"}, {difference(2, 2), "none"}, {difference(0, 0), "none"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
