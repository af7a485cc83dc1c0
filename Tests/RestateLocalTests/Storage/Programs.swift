import Primitives
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// A step of a handler in a made-up story.
enum Step: Sendable {
    /// Reads a number of the state, and writes one more.
    case increment
    case set(String)
    case sleep(Milliseconds)
    case run(String)
    case call(String)
    case send(String, after: Milliseconds)
    case getPromise
    case completePromise
    /// An error, unless the attempt before has failed here already.
    case stumble
}

/// Programs that follow from a seed: the same target with the same input always does the same, and
/// calls go down only, so that every story comes to an end.
struct Programs: Sendable {
    let seed: UInt64

    func steps(of target: TargetName, _ input: String) -> [Step] {
        if target.service == "W" {
            return target.handler == "run"
                ? [.set("v"), .getPromise, .sleep(50)] : [.sleep(20), .completePromise]
        }
        var random = SplitMix(seed: seed ^ hash("\(target.description) \(input)"))
        let level = input.utf8.filter { $0 == UInt8(ascii: ".") }.count
        return (0..<Int.random(in: 2...4, using: &random)).flatMap { index in
            step(target, "\(input).\(index)", level: level, &random)
        }
    }

    private func step(
        _ target: TargetName, _ input: String, level: Int, _ random: inout SplitMix
    ) -> [Step] {
        let isTop = target.service == "S" && target.handler == "h"
        let kind = Int.random(in: 0..<9, using: &random)
        switch kind {
        case 0: return target.service == "O" ? [.increment] : [.run("r\(input)")]
        case 1: return [.sleep(Milliseconds.random(in: 0...200, using: &random))]
        case 2: return [.run("r\(input)")]
        case 3: return [.stumble]
        case 4: return target.service == "O" ? [.set("s"), .increment] : [.stumble]
        // Only one kind of handlers calls objects: two that wait for each other wait for ever.
        case 5 where level < 2 && isTop:
            return [.call("O/\(Int.random(in: 0..<2, using: &random))/h \(input)")]
        case 6 where level < 2:
            return [.send("O/\(Int.random(in: 0..<2, using: &random))/h \(input)", after: 30)]
        case 7 where level < 2: return [.call("S/child \(input)")]
        case 8 where level < 2 && isTop:
            return [.send("W/\(input)/s \(input)", after: 0), .call("W/\(input)/run \(input)")]
        default: return level < 2 ? [.send("S/child \(input).x", after: 100)] : [.run("low")]
        }
    }

    private func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0100_0000_01B3 }
    }
}

/// One attempt at running a program: what it says next follows from what it has seen.
struct ProgramAttempt {
    private var known: [Frame]
    private let steps: [Step]
    private let input: String

    init?(_ seen: Script.Seen, _ programs: Programs) throws {
        guard let start = seen.frames.first, start.type == .start else { return nil }
        known = Array(seen.frames.dropFirst())
        guard known.count >= Int(try seen.start.knownEntries), let first = known.first else {
            return nil
        }
        let bytes = try InputCommand(decoding: first.payload).value ?? []
        input = String(decoding: bytes, as: UTF8.self)
        let request = seen.request
        let target = TargetName(
            service: request.service, key: request.key, handler: request.handler)
        steps = programs.steps(of: target, input)
    }

    enum Move {
        case say([any Message])
        case wait(for: UInt32)
    }

    /// - Parameter said: how many commands this attempt has issued itself.
    func next(said: Int, retryCount: UInt32) throws -> Move {
        var index = known.filter { MessageKind(code: $0.code) == .command }.count - 1 + said
        var results: [UInt32: NotificationMessage] = [:]
        for frame in known where MessageKind(code: frame.code) == .notification {
            let told = try NotificationMessage(decoding: frame)
            if case .completion(let id) = told.id, results[id] == nil { results[id] = told }
        }
        var output = input
        for (number, step) in steps.enumerated() {
            let id = UInt32(number * 2 + 1)
            func result() throws -> String? { results[id].map { "\($0.result.text)" } }
            var wanted: [any Message] = []
            switch step {
            case .increment:
                var get = GetLazyStateCommand()
                get.key = Array("n".utf8)[...]
                get.completionID = id
                if index == 0 { return .say([get]) }
                guard let before = try result() else { return .wait(for: id) }
                index -= 1
                if index == 0 { return .say([set("n", "\((Int(before) ?? 0) + 1)")]) }
            case .set(let key): wanted = [set(key, input)]
            case .sleep(let time):
                // Long enough ago to be due at once, or a time of its own.
                wanted = [sleep(id, until: 1_000_000 + time)]
            case .run(let value):
                wanted = [RunCommand(completionID: id, name: "r")]
                if index == 1, results[id] == nil { return .say([proposal(id, value)]) }
            case .call(let target): wanted = [command(target, id)]
            case .send(let target, let delay):
                var send = OneWayCallCommand()
                send.request = command(target, id).request
                send.invocationIDCompletion = id + 1
                send.invokeTime = delay == 0 ? 0 : 1_000_000 + delay
                wanted = [send]
            case .getPromise:
                var get = GetPromiseCommand()
                get.key = "p"
                get.completionID = id
                wanted = [get]
            case .completePromise:
                var complete = CompletePromiseCommand()
                complete.key = "p"
                complete.completionID = id
                complete.completion = .value(Array("kept".utf8)[...])
                wanted = [complete]
            case .stumble:
                // A command behind it says that it was passed.
                wanted = [RunCommand(completionID: id, name: "stumble")]
                if index == 0, retryCount == 0 { return .say([trouble(500, "stumbled")]) }
                if index == 1, results[id] == nil { return .say([proposal(id, "up")]) }
            }
            if index == 0 { return .say(wanted) }
            index -= 1
            switch step {
            case .sleep, .run, .call, .getPromise, .completePromise, .stumble:
                guard let text = try result() else { return .wait(for: id) }
                output += " " + text
            case .increment, .set, .send: break
            }
        }
        if index > 0 { return .say([EndMessage()]) }
        return .say([OutputCommand(result: .value(Array(output.utf8)[...])), EndMessage()])
    }

    private func command(_ text: String, _ id: UInt32) -> CallCommand {
        let parts = text.split(separator: " ")
        var call = invoke(String(parts[0]), (id + 1, id))
        call.request.parameter = Array(parts[1].utf8)[...]
        // A workflow takes none, and its handlers are called once each.
        if call.request.service != "W" { call.request.idempotencyKey = "\(text) \(input)" }
        return call
    }
}

extension NotificationResult? {
    fileprivate var text: String {
        switch self {
        case .value(let bytes): String(decoding: bytes, as: UTF8.self)
        case .failure(let failure): "\(failure.code) \(failure.message)"
        default: "-"
        }
    }
}
