import Foundation
import RestateProtocol

/// The recording of one attempt between a real server and an official SDK.
package struct Golden: Sendable, CustomStringConvertible {
    /// A recorded event. Events are in the order in which the recorder saw them.
    package enum Step: Sendable {
        case frame(GoldenFrame)
        case inputEnd
        case outputEnd
        /// The connection broke, so nothing that follows can be compared.
        case broken
    }

    /// The path of the journal below `Fixtures`.
    package let path: String
    package let requestPath: String
    package let requestHeaders: [String: String]
    /// The status of the response; nil if the connection broke before it.
    package let status: Int?
    package let responseHeaders: [String: String]
    package let steps: [Step]

    /// Whether the request had ended before anything came back.
    package var isWhole: Bool {
        for step in steps {
            switch step {
            case .frame(let frame) where frame.direction == .toEndpoint: continue
            case .inputEnd: return true
            case .frame, .outputEnd, .broken: return false
            }
        }
        return false
    }

    package var description: String { path }
    package var frames: [GoldenFrame] {
        steps.compactMap { if case .frame(let frame) = $0 { frame } else { nil } }
    }

    /// The completion ids of runs that began here and were left alone: a cancellation came before their
    /// closures had ended.
    package var leftRuns: [FixtureJSON] {
        guard let cancel = frames.lastIndex(where: \.isCancellation) else { return [] }
        let proposed = frames.filter { $0.name == "ProposeRunCompletion" }.map(\.completionID)
        return frames[..<cancel]
            .filter { $0.direction == .fromEndpoint && $0.name == "Run" }
            .compactMap(\.completionID).filter { !proposed.contains($0) }
    }

    package init(path: String) throws {
        try self.init(parsing: Array(Fixtures.data(path)), path: path)
    }

    /// A journal that is not among the fixtures.
    package init(parsing text: [UInt8], path: String) throws {
        let json = try FixtureJSON(parsing: text)
        guard let request = json["request"], let response = json["response"],
            let requestPath = request["path"]?.string, let steps = json["frames"]?.array
        else { throw FixtureError("\(path) is not a journal") }
        self.path = path
        self.requestPath = requestPath
        requestHeaders = request["headers"]?.object?.compactMapValues(\.string) ?? [:]
        status = response["status"]?.integer.map(Int.init)
        responseHeaders = response["headers"]?.object?.compactMapValues(\.string) ?? [:]
        self.steps = try steps.map { step in
            guard let step = try Self.step(step.array ?? []) else {
                throw FixtureError("\(path) has an unknown step: \(step)")
            }
            return step
        }
        guard !self.steps.isEmpty else { throw FixtureError("\(path) is empty") }
    }

    private static func step(_ parts: [FixtureJSON]) throws -> Step? {
        switch (parts.first?.string, parts.count) {
        // A sixth part is the line that issued the command.
        case ("in", 5...6): try GoldenFrame(.toEndpoint, parts).map(Step.frame)
        case ("out", 5...6): try GoldenFrame(.fromEndpoint, parts).map(Step.frame)
        case ("in-end", 1): .inputEnd
        case ("out-end", 1): .outputEnd
        case ("in-reset", 2), ("out-reset", 2), ("out-error", 2): .broken
        default: nil
        }
    }
}

/// A recorded message: its bytes, and its fields as the recorder read them.
package struct GoldenFrame: Sendable {
    package enum Direction: Sendable { case toEndpoint, fromEndpoint }

    package let direction: Direction
    package let name: String
    package let flags: UInt16
    package let fields: FixtureJSON
    /// The bytes of the frame, including its header.
    package let bytes: [UInt8]
    /// The SHA-256 of a long frame, whose bytes the recording leaves out.
    package let digest: String?

    fileprivate var completionID: FixtureJSON? { fields["result_completion_id"] }
    fileprivate var isCancellation: Bool {
        direction == .toEndpoint && name == "SignalNotification"
            && fields["signal_id"]?.integer == 1
    }

    init?(_ direction: Direction, _ parts: [FixtureJSON]) throws {
        guard let name = parts[1].string, let flags = parts[2].integer,
            parts[3].object != nil || parts[3] == .null, let text = parts[4].string
        else { return nil }
        self.direction = direction
        if parts[3] == .null {
            // Without a reading of its fields: the bytes have them.
            bytes = try Support.bytes(hex: text)
            var decoder = FrameDecoder()
            decoder.push(bytes)
            guard let frame = try decoder.next() else { return nil }
            let codec = TableCodec(try MessageTables.load())
            self.name = Self.name(of: codec.tables.message(code: frame.code)?.name ?? "")
            self.flags = frame.flags
            fields = try codec.decode(frame)
            digest = nil
            return
        }
        self.name = name
        self.flags = UInt16(flags)
        if text.hasPrefix("sha256:") {
            fields = try Self.joined(parts[3])
            bytes = try Self.encoded(name, UInt16(flags), fields)
            digest = String(text.dropFirst("sha256:".count))
        } else {
            digest = nil
            fields = parts[3]
            bytes = try Support.bytes(hex: text)
        }
    }

    /// Joins the parts of long bytes, which are recorded as
    /// `{"parts": [{"utf8": "x", "times": 5000000}, …]}`.
    private static func joined(_ json: FixtureJSON) throws -> FixtureJSON {
        switch json {
        case .object(let members):
            guard members.count == 1, let parts = members["parts"]?.array else {
                return .object(try members.mapValues(joined))
            }
            var bytes: [UInt8] = []
            for part in parts {
                let piece = try TableCodec.bytes(part)
                let times = Int(part["times"]?.integer ?? 1)
                // A debug build takes seconds to append millions of bytes one by one.
                if let byte = piece.first, piece.count == 1 {
                    bytes += [UInt8](repeating: byte, count: times)
                } else {
                    for _ in 0..<times { bytes += piece }
                }
            }
            return TableCodec.json(bytes)
        case .array(let elements): return .array(try elements.map(joined))
        case .null, .bool, .integer, .double, .string: return json
        }
    }

    /// Encodes the frame with these fields, including its header.
    private static func encoded(
        _ name: String, _ flags: UInt16, _ fields: FixtureJSON
    ) throws -> [UInt8] {
        let tables = try MessageTables.load()
        guard let row = tables.messages.first(where: { Self.name(of: $0.name) == name }) else {
            throw FixtureError("There is no message \(name)")
        }
        let payload = try TableCodec(tables).encode(fields, as: row.name)
        let header = UInt64(row.code) << 48 | UInt64(flags) << 32 | UInt64(payload.count)
        return withUnsafeBytes(of: header.bigEndian) { Array($0) } + payload
    }
}
