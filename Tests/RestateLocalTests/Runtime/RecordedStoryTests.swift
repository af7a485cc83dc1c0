import Primitives
import Foundation
import Nexus
import Restate
import RestateHTTP
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import Support
@testable import TestServices

/// The recorded stories, told again by this runtime: the journals have the recorded shapes.
@Suite(.timeLimit(.minutes(10))) struct CoreStoryTests {
    static let modes: [(folder: String, mode: Mode)] = [
        ("v6", Mode("v6")),
        ("v6-suspend", Mode("v6-suspend") { $0.settings.alwaysSuspend = true }),
        ("v7", Mode("v7") { $0.settings.protocolCap = 7 }),
    ]

    @Test(arguments: 0..<modes.count)
    func `the tour leaves the recorded journals`(index: Int) async throws {
        let (folder, mode) = Self.modes[index]
        let recorded = try recordedShapes(in: "tour", folder)
        let calls = try recordedCalls(in: "tour", folder).filter { $0.target.hasPrefix("Tour/") }
        #expect(calls.count > 25)
        let endpoint = Endpoint(Tour(), TourObject(), TourFlow())
        let left = try await withEngine(mode, serving: endpoint) { engine in
            for call in calls where !call.target.hasSuffix("waitSignal") {
                _ = try await engine.value.call(call)
            }
            for (target, input) in [
                ("TourObject/a/state", ""), ("TourObject/t/fill", "3"),
                ("TourObject/t/readAll", ""), ("TourObject/t/lazily", ""),
            ] {
                _ = try await engine.value.ask(target, input)
            }
            try await settle(engine.value)
            return journals(engine.value)
        }
        try compare(left, with: recorded)
    }

    @Test(arguments: 0..<modes.count)
    func `bookings leave the recorded journals`(index: Int) async throws {
        let (folder, mode) = Self.modes[index]
        let recorded = try recordedShapes(in: "nexus", folder)
        var settings = NexusSettings()
        settings.chargeTime = .zero
        settings.mailTime = .zero
        let endpoint = BoxOffice(settings).endpoint
        let left = try await withEngine(mode, serving: endpoint) { engine in
            let engine = engine.value
            func order(_ seat: String, _ card: String?) -> String {
                let card = card.map { #","paymentMethodId":"\#($0)""# } ?? ""
                return #"{"ticketId":"\#(seat)","userId":"alice"\#(card)}"#
            }
            _ = try await engine.ask("Checkout/process", order("seat-1", "card_success"))
            _ = try await engine.ask("Checkout/process", order("seat-1", "card_success"))
            _ = try await engine.ask("Checkout/process", order("seat-2", "card_decline"))
            _ = try await engine.ask("Ticket/seat-1/get")
            try await settle(engine)
            return journals(engine)
        }
        #expect(left.count > 8)
        try compare(left, with: recorded)
    }

    // MARK: What was left

    private struct Left: Sendable {
        var handler: String
        var shape: Shape
    }

    /// The commands in order, and what they were told, in any order.
    fileprivate struct Shape: Sendable {
        var commands: [String] = []
        var told: Set<String> = []
    }

    private nonisolated(nonsending) func settle(_ engine: Engine) async throws {
        func isBusy() -> Bool {
            engine.runtime.snapshots().contains {
                $0.status != .completed && $0.status != .scheduled
            }
        }
        while isBusy() { try await Task.sleep(for: .milliseconds(2)) }
    }

    private func journals(_ engine: Engine) -> [Left] {
        engine.runtime.snapshots().compactMap { snapshot in
            // The recording has no echo of each child, and a crash is killed in the middle.
            guard snapshot.status == .completed,
                !["echo", "crash"].contains(snapshot.head.target.handler)
            else { return nil }
            var shape = Shape()
            for entry in engine.runtime.journal(of: snapshot.id) ?? [] {
                shape.add(Frame(code: entry.code, payload: entry.payload))
            }
            return Left(
                handler: "\(snapshot.head.target.service)/\(snapshot.head.target.handler)",
                shape: shape)
        }
    }

    private func compare(_ left: [Left], with recorded: [String: [Shape]]) throws {
        for journal in left {
            let known = recorded[journal.handler] ?? []
            let isKnown = known.contains {
                // A slow machine may let the timer win before the run has failed.
                $0.commands == journal.shape.commands
                    && ($0.told.isSubset(of: journal.shape.told) || journal.handler == "Tour/any")
            }
            #expect(
                isKnown,
                """
                \(journal.handler): \(journal.shape.commands) \(journal.shape.told.sorted())
                recorded: \(known.map { "\($0.commands) \($0.told.sorted())" }
                    .joined(separator: "\n"))
                """)
        }
    }

    // MARK: What was recorded

    private func goldens(in story: String, _ folder: String) throws -> [[Golden]] {
        let all = try Fixtures.journals(in: story).filter {
            $0.path.hasPrefix("\(story)/\(folder)/")
        }
        let groups = Dictionary(grouping: all) {
            $0.requestHeaders["x-restate-invocation-id"] ?? $0.path
        }
        return groups.values.map { $0.sorted { $0.path < $1.path } }
            .sorted { $0[0].path < $1[0].path }
    }

    /// The journals as they were at the end, by handler.
    private func recordedShapes(
        in story: String, _ folder: String
    ) throws -> [String: [Shape]] {
        var shapes: [String: [Shape]] = [:]
        for attempts in try goldens(in: story, folder) {
            guard let last = attempts.last, last.frames.contains(where: { $0.name == "End" })
            else { continue }
            var shape = Shape()
            var proposals: [UInt32: ProposeRunCompletionMessage] = [:]
            for golden in last.frames {
                var decoder = FrameDecoder()
                decoder.push(golden.bytes)
                guard let frame = try decoder.next(), let type = frame.type else { continue }
                switch type {
                case .proposeRunCompletion:
                    let message = try ProposeRunCompletionMessage(decoding: frame.payload)
                    proposals[message.completionID] = message
                case .proposeRunCompletionAck:
                    let id = try ProposeRunCompletionAckMessage(decoding: frame.payload)
                        .completionID
                    if let result = proposals[id]?.result?.notification {
                        let told = NotificationMessage(.runCompletion, .completion(id), result)
                        shape.add(
                            Frame(
                                code: told.code,
                                payload: told.frameBytes()[FrameHeader.size...]))
                    }
                default: shape.add(frame)
                }
            }
            let handler = last.requestPath.replacingOccurrences(of: "/invoke/", with: "")
            shapes[handler, default: []].append(shape)
        }
        return shapes
    }

    /// What was called from outside, with which bytes.
    private func recordedCalls(
        in story: String, _ folder: String
    ) throws -> [InvocationRequest] {
        try goldens(in: story, folder).compactMap { attempts in
            guard let input = attempts[0].frames.first(where: { $0.name == "Input" }) else {
                return nil
            }
            let command = try InputCommand(
                decoding: input.bytes[FrameHeader.size...])
            guard
                let path = command.headers.first(where: { $0.key == "x-restate-ingress-path" }),
                !path.value.contains("/send")
            else { return nil }
            var request = InvocationRequest(String(path.value.dropFirst()))
            request.headers = command.headers
            request.body = command.value ?? []
            return request
        }
    }
}

extension InvocationRequest {
    fileprivate var target: String { "\(service)/\(handler)" }
}

extension CoreStoryTests.Shape {
    /// Ids and times differ from run to run; everything else is compared.
    fileprivate mutating func add(_ frame: Frame) {
        guard let type = frame.type, let row = try? MessageTables.load().message(code: frame.code)
        else { return }
        switch type.kind {
        case .command: commands.append("\(row.name) \(fields(frame, row.name))")
        case .notification: told.insert("\(row.name) \(fields(frame, row.name))")
        default: break
        }
    }

    private func fields(_ frame: Frame, _ name: String) -> String {
        guard frame.type != .inputCommand, let tables = try? MessageTables.load(),
            let json = try? TableCodec(tables).decode(frame)
        else { return "" }
        return text(GoldenComparison.canonical(json))
            .replacing(#/inv_1[0-9a-zA-Z]{33}/#, with: "<inv>")
            .replacing(#/sign_1[0-9a-zA-Z_-]{38}/#, with: "<sign>")
            .replacing(#/[0-9]{13}/#, with: "<ms>")
            // Whose seat it is depends on what was booked before.
            .replacing(#/seat-[0-9]+/#, with: "<seat>")
            .replacing(#/alice|bob|carol|dave/#, with: "<user>")
            .replacing(#/json: \{<seat>: [^}]*\}/#, with: "json: <map>")
    }

    private func text(_ json: FixtureJSON) -> String {
        switch json {
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value))" }
                .joined(separator: ", ") + "}"
        case .array(let elements): "[" + elements.map { text($0) }.joined(separator: ", ") + "]"
        case .string(let text): "\"\(text)\""
        default: "\(json)"
        }
    }
}
