import Primitives
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// A story is played, and played again with a crash after each of its turns: it must end the same.
@Suite(.timeLimit(.minutes(10))) struct CrashExplorerTests {
    @Test(arguments: [UInt64(1), 4])
    func `a crash after any turn changes nothing in the end`(seed: UInt64) async throws {
        let calm = try Play(seed: seed, checked: true).played(crashes: [])
        #expect(calm.turns > 30)
        for turn in 0..<calm.turns {
            await Task.yield()  // Others need the thread, too.
            let crashed = try Play(seed: seed).played(crashes: [turn])
            #expect(crashed.ending == calm.ending, "the crash was after turn \(turn)")
        }
    }

    @Test func `a story whose folder is on the disk is the same, with crashes and without`()
        async throws
    {
        let calm = try Play(seed: 3).played(crashes: [])
        for crashes in [[], Set(stride(from: 5, to: calm.turns, by: 9))] {
            await Task.yield()
            let stored = try Play(seed: 3, folder: ScriptFolder(), checked: true)
                .played(crashes: crashes)
            #expect(stored.ending == calm.ending, "crashes after \(crashes.sorted())")
        }
    }

    @Test func `many crashes change nothing either`() async throws {
        var random = SplitMix(seed: 11)
        for seed in UInt64(100)..<112 {
            await Task.yield()
            let calm = try Play(seed: seed).played(crashes: [])
            let crashes = Set((0..<8).map { _ in Int.random(in: 0..<calm.turns, using: &random) })
            let crashed = try Play(seed: seed, checked: true).played(crashes: crashes)
            #expect(
                crashed.ending == calm.ending, "story \(seed), crashes after \(crashes.sorted())")
        }
    }
}

/// A few clients, who ask again what was not answered, and handlers that follow programs.
private struct Play {
    struct Ending: Equatable {
        var states: [String]
        var results: [String]
        var answers: [String: String]
    }

    private var script: Script
    private let programs: Programs
    private var random: SplitMix
    /// Commands that an attempt has issued, by its number in the script.
    private var said: [Int: Int] = [:]
    private var over: Set<Int> = []
    private var asked: [String: UInt64] = [:]
    private var answers: [String: String] = [:]
    private(set) var turns = 0

    private static let clients = (0..<3).map { "c\($0)" }

    init(seed: UInt64, folder: ScriptFolder? = nil, checked: Bool = false) throws {
        script = try Script(folder: folder) {
            // Few at once, so that some wait.
            $0.concurrentAttempts = 3
            $0.retryPolicy.initialInterval = 10
        }
        script.checksEachTurn = checked
        programs = Programs(seed: seed)
        random = SplitMix(seed: seed)
    }

    func played(crashes: Set<Int>) throws -> (ending: Ending, turns: Int) {
        var play = self
        try play.play(crashes)
        let runtime = play.script.runtime
        let states = runtime.stateRows().map { row in
            let (key, value) = (String(decoding: row.key, as: UTF8.self), row.value)
            // Who wrote last is for the order of the calls to say, which a crash may change.
            let text = key == "n" ? String(decoding: value, as: UTF8.self) : ""
            return "\(row.owner.service)/\(row.owner.key) \(key) \(text)"
        }
        let results = runtime.snapshots().map { "\($0.head.target) \($0.result.text)" }
        let ending = Ending(
            states: states.sorted(), results: results.sorted(), answers: play.answers)
        return (ending, play.turns)
    }

    private mutating func play(_ crashes: Set<Int>) throws {
        try ask()
        while script.runtime.invocationCount > 0 || answers.count < Self.clients.count {
            try #require(turns < 2000, "the story does not end")
            if crashes.contains(turns) {
                try script.crash()
                (said, over, asked) = ([:], [], [:])
                try ask()
            }
            turns += 1
            if try !move() {
                let next = try #require(script.runtime.nextDeadline)
                script.pass(next > script.now ? next - script.now : 0)
            }
            listen()
        }
    }

    /// What has no answer yet is asked again, with the same key.
    private mutating func ask() throws {
        for (index, client) in Self.clients.enumerated() where answers[client] == nil {
            let target = index == 1 ? "O/1/h" : "S/h"
            asked[client] = try script.call(target) {
                $0.idempotencyKey = client
                $0.body = Array(client.utf8)[...]
            }.waiter
        }
        listen()
    }

    private mutating func listen() {
        for (client, waiter) in asked {
            if let answer = script.answer(waiter) { answers[client] = answer }
        }
    }

    /// Some handler says something, or rests. False if nobody can.
    private mutating func move() throws -> Bool {
        for index in script.attempts.indices.shuffled(using: &random) where !over.contains(index) {
            let seen = script.attempts[index]
            guard !seen.finished, !seen.aborted else {
                over.insert(index)
                continue
            }
            guard let attempt = try ProgramAttempt(seen, programs) else { continue }
            let count = said[index, default: 0]
            switch try attempt.next(said: count, retryCount: seen.start.retryCount) {
            case .say(let messages):
                for message in messages {
                    if MessageKind(code: message.code) == .command { said[index, default: 0] += 1 }
                    script.say(index, message)
                }
                return true
            case .wait(let id):
                guard seen.inputEnded || Bool.random(using: &random) else { continue }
                script.say(index, suspension(id))
                return true
            }
        }
        return false
    }
}

extension ValueOrFailure? {
    fileprivate var text: String {
        switch self {
        case .value(let bytes): String(decoding: bytes, as: UTF8.self)
        case .failure(let failure): "\(failure.code) \(failure.message)"
        case nil: "no result"
        }
    }
}
