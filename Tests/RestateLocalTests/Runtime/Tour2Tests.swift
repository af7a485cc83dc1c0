import Primitives
import Restate
import RestateHTTP
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import TestServices

/// The stories of the second tour, told by this runtime: each handler gives what it gave when it was
/// recorded.
@Suite(.timeLimit(.minutes(10))) struct CoreTour2Tests {
    static let endpoint = Endpoint(
        Tour2(), Tour2Entries(), Tour2Errors(), Tour2Flow(), Tour2Flows(), Tour2Futures(),
        Tour2Named(), Tour2Object(), Tour2Output(), Tour2Quick())

    /// What is called, with what, and what it must give.
    typealias Question = (target: String, input: String, expected: String)

    static let futures: [Question] = [
        ("order", "[400,0,200]", "[1,2,0]"),
        ("mapFailure", "404", #""mapped 404 no""#),
        ("mapThrows", "418", #""418 mapped""#),
        ("mapBoth", #"{"good":"g","code":404}"#, #"["value g","404 no"]"#),
        ("anyFails", "2", #""all failed""#),
        ("allFails", "418", #""418 bad""#),
        ("raceFails", "418", #""418 bad""#),
        ("emptyAll", "", "0"),
        ("emptySettled", "", "0"),
        ("emptyAny", "", #""all failed""#),
        ("awaitTwice", #""a""#, #"["a","a"]"#),
        ("loser", "80", #"["timer","slept"]"#),
        ("mixed", #""m""#, #"["run m","call m","awakeable m","sleep m"]"#),
        ("deep", #""d""#, #""fulfilled,fulfilled""#),
        ("signalRace", #"{"names":["a","b"],"send":"b","value":"v"}"#, #""b: v""#),
        ("unused", #""used""#, #""used""#),
        ("wokenTwice", #"["first","second"]"#, #""second""#),
        ("wokenAgain", #"["first","second"]"#, #"["first","first"]"#),
        ("wokenAndRefused", #"{"value":"v","reason":"r","refuseFirst":false}"#, #""403 r""#),
        ("wokenAndRefused", #"{"value":"v","reason":"r","refuseFirst":true}"#, #""v""#),
        ("wokenInTime", #""early""#, #""early""#),
    ].map { ("Tour2Futures/\($0.0)", $0.1, $0.2) }

    private static let taken = #"{"code":409,"message":"taken"}"#
    private static let toldTaken = #"{"metadata":{},"told":"409 taken"}"#

    static let errorsAndNames: [Question] = [
        ("Tour2Errors/fail", taken, "409 taken"),
        ("Tour2Errors/fail", #"{"code":1000,"message":"a thousand"}"#, "1000 a thousand"),
        ("Tour2Errors/runFails", taken, toldTaken),
        ("Tour2Errors/callFails", taken, toldTaken),
        (
            "Tour2Errors/callFails", #"{"code":500,"message":""}"#,
            #"{"metadata":{},"told":"500 "}"#
        ),
        ("Tour2Errors/passesOn", taken, "409 taken"),
        ("Tour2Errors/attachFails", taken, toldTaken),
        ("Tour2Errors/refused", taken, toldTaken),
        ("Tour2Errors/signalRefused", taken, #""409 taken""#),
        ("Tour2Named/call", #""my entry""#, #""n""#),
        ("Tour2Named/send", #""my entry""#, #""sent""#),
        ("Tour2Named/sleep", #""my entry""#, #""slept""#),
        ("Tour2Named/run", #""my entry""#, #""ran""#),
        ("Tour2Entries/e1/named", #""cart""#, #"[null,1,["a"]]"#),
        ("Tour2Entries/e2/put", "7", ""),
        ("Tour2Entries/e2/lazily", #""cart""#, #"[7,["k"]]"#),
        ("Tour2Entries/e3/lazily", #""cart""#, "[null,[]]"),
        ("Tour2Output/failed", "418", #"["418 failed","418 failed"]"#),
    ]

    static let data: [Question] = [
        ("s1/fill", "5", ""),
        ("s1/read", #"["k0","k4","none"]"#, "[0,4,null]"),
        ("s1/lazyRead", #"["k0","none"]"#, "[0,null]"),
        ("s1/together", #"["k1","none","k3"]"#, "[1,null,3]"),
        ("s1/count", "", "5"),
        ("s1/lazyCount", "", "5"),
        ("s1/change", #"{"set":"k1","clear":"k2"}"#, #"["changed",null]"#),
        ("s1/read", #"["k1","k2"]"#, #"["changed",null]"#),
        ("s1/emptied", #""k1""#, "[null,0]"),
        ("s1/count", "", "0"),
        ("big/setBig", "100000", ""),
        ("big/getBig", "", "100000"),
        ("big/lazyBig", "", "100000"),
        ("other/runBig", "100000", "100000"),
        ("other/callBig", "100000", "100000"),
        ("other/takeBig", #""xxx""#, "3"),
        ("other/giveBig", "3", #""xxx""#),
        ("o1/whereami", "", #"["o1",null]"#),
    ].map { ("Tour2Object/\($0.0)", $0.1, $0.2) }

    private static let already = "409 promise was already completed"

    static let flows: [Question] =
        [
            ("w1/peek", "", #""not yet""#),
            ("w1/twice", #"["one","two"]"#, #"["resolved","\#(already)"]"#),
            ("w1/peek", "", #""one""#),
            ("w1/run", #""flow""#, #""flow: one""#),
            ("w1/step", "", #"["done",["step"]]"#),
            ("w1/run", #""again""#, "409 the workflow method was already invoked"),
            ("w2/rejectTwice", #"["no","never"]"#, #"["rejected","\#(already)"]"#),
            ("w2/peek", "", #""500 no""#),
            ("w2/run", #""flow""#, #""flow: 500 no""#),
            (
                "w3/both", #"{"value":"yes","reason":"no","rejectFirst":false}"#,
                #"["resolved","\#(already)"]"#
            ),
            ("w3/run", #""flow""#, #""flow: yes""#),
            (
                "w4/both", #"{"value":"yes","reason":"no","rejectFirst":true}"#,
                #"["rejected","\#(already)"]"#
            ),
            ("w4/run", #""flow""#, #""flow: 500 no""#),
            ("w5/around", #"{"name":"x","value":"v"}"#, #"["not yet","v","v"]"#),
            ("w5/around", #"{"name":"x","value":"again"}"#, already),
            ("w5/inRace", "30", #""timer""#),
        ].map { ("Tour2Flow/\($0.0)", $0.1, $0.2) } + [
            ("Tour2Quick/q1/run", #""first""#, #""first""#)
        ]

    @Test(arguments: Mode.all)
    func `each handler gives what was recorded`(mode: Mode) async throws {
        let questions = Self.futures + Self.errorsAndNames + Self.data + Self.flows
        let wrong = try await withEngine(mode, serving: Self.endpoint) { engine in
            var wrong: [String] = []
            for (target, input, expected) in questions {
                let answer = try await engine.value.ask(target, input)
                if answer != expected { wrong.append("\(target): \(answer), not \(expected)") }
            }
            return wrong
        }
        #expect(wrong == [])
    }

    /// What protocol 5 cannot say.
    @Test(arguments: Mode.all.filter { $0.settings.protocolCap != 5 })
    func `an error keeps its metadata on every way`(mode: Mode) async throws {
        let metadata = #"{"reason":"full","seat":"a-1"}"#
        let failing = #"{"code":409,"message":"taken","metadata":\#(metadata)}"#
        let told = #"{"metadata":\#(metadata),"told":"409 taken"}"#
        let answers = try await withEngine(mode, serving: Self.endpoint) { engine in
            var answers: [String] = []
            for handler in ["runFails", "callFails", "attachFails", "refused"] {
                answers.append(try await engine.value.ask("Tour2Errors/\(handler)", failing))
            }
            return answers
        }
        #expect(answers.allSatisfy { $0 == told }, "\(answers)")
    }

    /// Whether the first look comes before the end is a matter of time; what follows it is not.
    @Test(arguments: Mode.all)
    func `an output is there once the invocation has ended`(mode: Mode) async throws {
        let answer = try await withEngine(mode, serving: Self.endpoint) { engine in
            try await engine.value.ask("Tour2Output/later", "300")
        }
        #expect(answer.hasSuffix(#","slept","slept"]"#))
    }

    @Test(arguments: Mode.all)
    func `a second run is the first one, as long as it is kept`(mode: Mode) async throws {
        let answer = try await withEngine(mode, serving: Self.endpoint) { engine in
            try await engine.value.ask("Tour2Flows/sendTwice", #""k3""#)
        }
        #expect(answer == #"[true,"first","first"]"#)
    }
}
