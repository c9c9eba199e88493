package playtime

import (
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// The names of the profiles.
const (
	Rest      = "rest"
	CPP       = "cpp"
	Unity2024 = "unity-2024"
	Unity2025 = "unity-2025"
)

// rest is a client that follows the document to the letter.
func rest() Profile {
	return Profile{
		Name: Rest, About: "The documented form, as a client of its own without an SDK sends it", Basis: `document, "Starting the session"`,
		Header: []contract.Field{
			{Name: "Content-Type", Value: "application/json"},
			{Name: "Accept", Value: "application/json"},
			{Name: "Authorization", Value: "Bearer " + FillToken},
			{Name: HeaderPlatform, Value: FillPlatform},
			{Name: HeaderPortal, Value: FillPortal},
		},
		Members:    []string{MemberIDs, MemberSessionID, MemberTS, MemberHash, MemberNonce, MemberOrder},
		FirstOrder: 1,
		Beat:       Cadence{Min: 150 * time.Second, Max: 150 * time.Second},
		Failed:     Habits{Start: GiveUp, Heartbeat: GoOn, End: KeepOpen},
	}
}

// cpp is the SDK for C++, which is also the heart of the plugin for Unreal.
func cpp() Profile {
	return Profile{
		Name: CPP, About: "The SDK for C++ and Unreal, release 2026.8", Basis: "fact B-S (C++)",
		Header: []contract.Field{
			{Name: "x-modio-platform", Value: FillPlatform},
			{Name: "x-modio-portal", Value: FillPortal},
			{Name: "Content-Type", Value: "application/json"},
			{Name: "User-Agent", Value: "Modio-SDKv2-3c7c680"},
			{Name: "Authorization", Value: "Bearer " + FillToken},
			{Name: "Accept-Language", Value: "en"},
		},
		APIKey:     true,
		Members:    []string{MemberIDs, MemberHash, MemberSessionID, MemberNonce, MemberOrder, MemberTS},
		Seconds:    true,
		Platforms:  map[string]string{"linux": "Linux"},
		Portals:    cppPortals(),
		FirstOrder: 1,
		Beat:       Cadence{Min: 150 * time.Second, Max: 150 * time.Second},
		Failed:     Habits{Start: GiveUp, Heartbeat: GiveUp, End: GiveUp},
		Deviations: []Deviation{{
			Name: "cpp-ends-on-failure", Ruling: "none; a session is left without an end",
			About: "a heartbeat that fails ends the session in the client, and no end is sent",
			undo:  func(p *Profile) { p.Failed.Heartbeat = GoOn },
		}},
	}
}

// cppPortals are the portals that the SDK writes with capitals.
func cppPortals() map[string]string {
	return map[string]string{
		"apple": "Apple", "gog": "GOG", "google": "Google", "itchio": "Itchio", "nintendo": "Nintendo", "psn": "PSN",
		"steam": "Steam", "xboxlive": "XboxLive",
	}
}

// unity2024 is the older plugin for Unity, whose numbers are strings.
func unity2024() Profile {
	return Profile{
		Name: Unity2024, About: "The plugin for Unity, v2024.11", Basis: "fact B-S (Unity 2024)",
		Header: []contract.Field{
			{Name: "User-Agent", Value: "unity-2022.3.62f1-modio-2024.11.0"},
			{Name: "Accept", Value: "application/json"},
			{Name: "accept-language", Value: "en"},
			{Name: "x-modio-platform", Value: FillPlatform},
			{Name: "x-modio-portal", Value: FillPortal},
			{Name: "Authorization", Value: "Bearer " + FillToken},
			{Name: "Content-Type", Value: "application/json"},
		},
		Members:     []string{MemberSessionID, MemberIDs, MemberTS, MemberHash, MemberNonce, MemberOrder},
		TextNumbers: true,
		Portals:     map[string]string{"epicgames": "egs"},
		FirstOrder:  1,
		Beat:        Cadence{AtOnce: true, Min: 300 * time.Second, Max: 360 * time.Second},
		Failed:      Habits{Start: GiveUp, Heartbeat: GoOn, End: KeepOpen},
		Deviations: []Deviation{{
			Name: "unity-2024-numbers-as-text", Ruling: "rulings 1, 3, 4",
			About: "ids, timestamp and order id are written as strings",
			undo:  func(p *Profile) { p.TextNumbers = false },
		}, {
			Name: "unity-2024-portal-egs", Ruling: "fact B-10: ignored",
			About: "the Epic Games Store is called egs, which is not on the list of portals",
			undo:  func(p *Profile) { p.Portals = nil },
		}, {
			Name: "unity-2024-slow-heartbeats", Ruling: "ruling 15: more than 300 s are too long",
			About: "a heartbeat comes every 300 to 360 s",
			undo:  func(p *Profile) { p.Beat.Min, p.Beat.Max = 150*time.Second, 150*time.Second },
		}},
	}
}

// unity2025 is the newer plugin for Unity, with the most departures of all.
func unity2025() Profile {
	return Profile{
		Name: Unity2025, About: "The plugin for Unity, v2025.10.1", Basis: "fact B-S (Unity 2025)",
		Header: []contract.Field{
			{Name: "Authorization", Value: "Bearer " + FillToken},
			{Name: "Accept", Value: "application/json"},
			{Name: "Accept-Language", Value: "en"},
			{Name: "User-Agent", Value: "modio.cs/2025.10.1"},
			{Name: HeaderPlatform, Value: FillPlatform},
			{Name: HeaderPortal, Value: FillPortal},
			{Name: "Content-Type", Value: "application/json"},
		},
		APIKey:     true,
		Members:    []string{MemberSessionID, MemberTS, MemberHash, MemberNonce, MemberOrder, MemberIDs},
		Pairs:      true,
		FirstOrder: 2,
		EndRepeats: true,
		Beat:       Cadence{AtOnce: true, Min: 150 * time.Second, Max: 150 * time.Second},
		Failed:     Habits{Start: GiveUp, Heartbeat: GoOn, End: GiveUp},
		Deviations: []Deviation{{
			Name: "unity-2025-body-pairs", Ruling: "rulings 11, 12: not the documented contract",
			About: "the body is an array of objects with a Key and a Value each",
			undo:  func(p *Profile) { p.Pairs = false },
		}, {
			Name: "unity-2025-start-at-2", Ruling: "ruling 8: a known departure",
			About: "a start has the order id 2",
			undo:  func(p *Profile) { p.FirstOrder = 1 },
		}, {
			Name: "unity-2025-end-repeats", Ruling: "ruling 9: taken, though it should rise",
			About: "an end repeats the order id of the last heartbeat",
			undo:  func(p *Profile) { p.EndRepeats = false },
		}},
	}
}
