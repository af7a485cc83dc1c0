import Primitives
import Nexus
import Restate
import RestateHTTP
import RestateProtocol
import Support
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import TestServices

/// Every operation of the SDK against this runtime, in every mode.
@Suite(.timeLimit(.minutes(10))) struct CoreTourTests {
    static let endpoint = Endpoint(Tour(), TourObject(), TourFlow())

    /// What is called, with what, and what it must give.
    static let questions: [(String, String, String)] = [
        ("Tour/echo", #"{"a":1}"#, #"{"a":1}"#),
        ("Tour/nothing", "", ""),
        ("Tour/fail", "418", "418 failed with 418"),
        ("Tour/sleep", "10", #""slept""#),
        ("Tour/twoSleeps", "", #""slept twice""#),
        ("Tour/race", "", #""fast""#),
        ("Tour/any", "", #""timer""#),
        ("Tour/settled", "", #"["fulfilled","rejected","fulfilled"]"#),
        ("Tour/nested", "", #"["quick","b"]"#),
        ("Tour/timeout", "", #""timed out""#),
        ("Tour/runs", "", "321"),
        ("Tour/runNothing", "", #""ran""#),
        ("Tour/runFails", "", #""418 no luck""#),
        ("Tour/callFails", "", #""404 failed with 404""#),
        ("Tour/callTwice", "", #"["b","a"]"#),
        ("Tour/callWithOptions", "", #""o""#),
        ("Tour/callBytes", "", "[0,1,254,255,7]"),
        ("Tour/sends", "", #""sent""#),
        ("Tour/attachToSent", "", #""slept""#),
        ("Tour/attachToFailed", "", #""409 failed with 409""#),
        ("Tour/cancelChild", "", #""409 Cancelled""#),
        ("Tour/awakeable", "", #""good morning""#),
        ("Tour/awakeableRejected", "", #""500 still asleep""#),
        ("Tour/signalChild", "", #""went""#),
        ("Tour/signalOrTimer", "", #""timer""#),
        (
            "TourObject/a/state", "",
            #"[null,1,["a","b"],null,null,[]]"#
        ),
        ("TourObject/b/fill", "3", ""),
        ("TourObject/b/readAll", "", #"[["k0","k1","k2"],[0,1,2]]"#),
        ("TourObject/b/lazily", "", #"[0,1,1,["k0","k1","k2"]]"#),
        ("TourObject/b/key", "", #""b""#),
        ("TourFlow/f/peek", "", #""not yet""#),
        ("TourFlow/f/resolve", #""yes""#, #""resolved""#),
        ("TourFlow/f/resolve", #""again""#, #""409 promise was already completed""#),
        ("TourFlow/f/peek", "", #""yes""#),
        ("TourFlow/f/run", #""n""#, #""n: yes""#),
        ("TourFlow/f/run", #""n""#, "409 the workflow method was already invoked"),
        ("TourFlow/f/wait", "", #""yes""#),
    ]

    @Test(arguments: Mode.all)
    func `each operation gives what it must`(mode: Mode) async throws {
        let wrong = try await withEngine(mode, serving: Self.endpoint) { engine in
            var wrong: [String] = []
            for (target, input, expected) in Self.questions {
                let answer = try await engine.value.ask(target, input)
                if answer != expected { wrong.append("\(target): \(answer), not \(expected)") }
            }
            return wrong
        }
        #expect(wrong == [])
    }

    @Test func `an ordinary error is tried again, as often as the handler says`() async throws {
        let (answer, count) = try await withEngine(Mode("link"), serving: Self.endpoint) {
            let engine = $0.value
            let outcome = try await engine.call(InvocationRequest("Tour/crash"))
            return (outcome.text, engine.runtime.finishedCount)
        }
        #expect(answer == "500 an ordinary error")
        #expect(count == 1)
    }
}
