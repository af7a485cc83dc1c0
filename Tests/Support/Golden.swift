import Foundation

/// One attempt of one invocation between a real server and an official SDK, as it was recorded.
package struct Golden: Sendable, CustomStringConvertible {
    /// One thing that happened, in the order in which it was seen.
    package enum Step: Sendable {
        case frame(GoldenFrame)
        case inputEnd
        case outputEnd
        /// The connection broke: nothing that follows can be compared.
        case broken
    }

    /// Where the journal lies below `Fixtures`.
    package let path: String
    package let requestPath: String
    package let requestHeaders: [String: String]
    /// Absent when the connection broke before there was a response.
    package let status: Int?
    package let responseHeaders: [String: String]
    package let steps: [Step]

    package var description: String { path }
    package var frames: [GoldenFrame] {
        steps.compactMap { if case .frame(let frame) = $0 { frame } else { nil } }
    }

    package init(path: String) throws {
        let json = try FixtureJSON(parsing: Array(Fixtures.data(path)))
        guard let request = json["request"], let response = json["response"],
            let requestPath = request["path"]?.string, let steps = json["frames"]?.array
        else { throw FixtureError("Fixtures/\(path) is not a journal") }
        self.path = path
        self.requestPath = requestPath
        requestHeaders = request["headers"]?.object?.compactMapValues(\.string) ?? [:]
        status = response["status"]?.integer.map(Int.init)
        responseHeaders = response["headers"]?.object?.compactMapValues(\.string) ?? [:]
        self.steps = try steps.map { step in
            guard let step = try Self.step(step.array ?? []) else {
                throw FixtureError("Fixtures/\(path) has an unknown step: \(step)")
            }
            return step
        }
        guard !self.steps.isEmpty else { throw FixtureError("Fixtures/\(path) is empty") }
    }

    private static func step(_ parts: [FixtureJSON]) throws -> Step? {
        switch (parts.first?.string, parts.count) {
        case ("in", 5): try GoldenFrame(.toEndpoint, parts).map(Step.frame)
        case ("out", 5): try GoldenFrame(.fromEndpoint, parts).map(Step.frame)
        case ("in-end", 1): .inputEnd
        case ("out-end", 1): .outputEnd
        case ("in-reset", 2), ("out-reset", 2), ("out-error", 2): .broken
        default: nil
        }
    }
}

/// A recorded message, with the recorder's reading of its fields beside the bytes.
package struct GoldenFrame: Sendable {
    package enum Direction: Sendable { case toEndpoint, fromEndpoint }

    package let direction: Direction
    package let name: String
    package let flags: UInt16
    package let fields: FixtureJSON
    /// With the frame's header.
    package let bytes: [UInt8]

    init?(_ direction: Direction, _ parts: [FixtureJSON]) throws {
        guard let name = parts[1].string, let flags = parts[2].integer,
            parts[3].object != nil, let text = parts[4].string
        else { return nil }
        self.direction = direction
        self.name = name
        self.flags = UInt16(flags)
        self.fields = parts[3]
        self.bytes = try Support.bytes(hex: text)
    }
}
