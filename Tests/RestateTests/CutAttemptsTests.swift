import Support
import RestateHTTP
import Testing

@testable import Restate
@testable import RestateServices

@Suite struct CutAttemptsTests {
    @Test func `the third cut after the same time is told, once`() {
        let cuts = CutAttempts()
        #expect(note(cuts, 68) == nil)
        #expect(note(cuts, 60) == nil)
        #expect(
            note(cuts, 61)
                == "The attempts of Probe/run are cut after about 61 s each (inv_1, "
                + "3 times in a row): a proxy with an idle limit, it seems. Give the handler an "
                + "inactivityTimeout below that time, so that it suspends before, or raise the proxy's "
                + "limits. Waits that are longer will never end else.")
        for _ in 0..<9 { #expect(note(cuts, 60) == nil) }
    }

    @Test func `cuts after other times, of others, or at once are no pattern`() {
        let cuts = CutAttempts()
        for seconds in [3, 60, 20, 90, 5, 40, 10] { #expect(note(cuts, seconds) == nil) }
        for index in 0..<5000 { #expect(note(cuts, 60, "inv_\(index)") == nil) }
        for _ in 0..<9 {
            #expect(cuts.note(invocation: "x", handler: "y", lasted: .milliseconds(900)) == nil)
        }
    }

    @Test func `an attempt that the other side ends is noted, and one that suspends is not`()
        async throws
    {
        let settings = AttemptSettings()
        try await onLoop { loop in
            func attempt(cut: Bool) async throws {
                let attempt = try Attempt(loop, Journal(), settings: settings) { ctx in
                    try await ctx.sleep(.seconds(3600))
                    return 1
                }
                #expect(await attempt.next() == "Sleep 1")
                try await Task.sleep(for: .milliseconds(1050))
                if cut { attempt.stream.reset() }
                _ = await attempt.rest()
            }
            try await attempt(cut: false)
            #expect(settings.cuts.invocationCount == 0)
            try await attempt(cut: true)
            #expect(settings.cuts.invocationCount == 1)
        }
    }

    private func note(_ cuts: CutAttempts, _ seconds: Int, _ invocation: String = "inv_1")
        -> String?
    {
        cuts.note(invocation: invocation, handler: "Probe/run", lasted: .seconds(seconds))
    }
}
