import Primitives

/// Identifies a position in a trace, as W3C's headers `traceparent` and `tracestate` carry it.
public struct TraceContext: Hashable, Sendable {
    private let parent: TraceParent
    /// The value of `tracestate`; empty if there is none.
    public let state: String

    /// The id of the trace: 32 hexadecimal digits.
    public var traceID: String { parent.traceID }
    /// The id of the span: 16 hexadecimal digits.
    public var spanID: String { parent.spanID }
    /// The trace flags; see ``isSampled``.
    public var flags: UInt8 { parent.flags }
    /// Whether the caller may have recorded this trace.
    public var isSampled: Bool { flags & 1 == 1 }
    /// The value of the `traceparent` header for requests whose spans are to be children of this
    /// span.
    public var traceparent: String { parent.text }

    /// Parses the headers. It fails if `traceparent` does not follow its specification exactly. A
    /// `tracestate` that does not follow its own is dropped.
    public init?(traceparent: String, tracestate: String? = nil) {
        guard let parent = TraceParent(traceparent) else { return nil }
        self.init(parent, tracestate.flatMap(readState) ?? "")
    }

    private init(_ parent: TraceParent, _ state: String) {
        self.parent = parent
        self.state = state
    }

    /// Makes the position of a span: below its parent, or at the root of a new trace that is
    /// sampled.
    static func child(of parent: TraceContext?) -> TraceContext {
        guard let parent else { return TraceContext(.root((random(), random(), random())), "") }
        return TraceContext(parent.parent.child(random()), parent.state)
    }
}

extension AttemptInfo {
    /// The trace position that the server gave this attempt. It is nil if the server does not
    /// trace, if `traceparent` is malformed, or if there are several.
    public var traceContext: TraceContext? {
        let parents = attemptHeaders.filter { $0.name == "traceparent" }
        guard let parent = parents.first, parents.count == 1 else { return nil }
        let states = attemptHeaders.filter { $0.name == "tracestate" }.map(\.value)
        return TraceContext(
            traceparent: parent.value,
            tracestate: states.isEmpty ? nil : states.joined(separator: ","))
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isLower(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
}

/// Never zero, because zero is no valid id.
private func random() -> UInt64 { .random(in: 1 ... .max) }

/// Returns the list without empty members and surrounding spaces, or nil if it is malformed.
private func readState(_ text: String) -> String? {
    let members = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: true)
        .map { trimmed(Array($0)) }.filter { !$0.isEmpty }
    guard text.utf8.count <= 4096, members.count <= 32 else { return nil }
    var keys: Set<[UInt8]> = []
    for member in members {
        guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let (key, value) = (Array(member[..<equals]), member[(equals + 1)...])
        guard isStateKey(key), isStateValue(value), keys.insert(key).inserted else { return nil }
    }
    return members.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
}

private func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    let head = bytes.drop(while: isSpace)
    return Array(head.reversed().drop(while: isSpace).reversed())
}

/// Matches `rojo` or `tenant@system`.
private func isStateKey(_ key: [UInt8]) -> Bool {
    func isPart(_ part: ArraySlice<UInt8>, _ limit: Int, digitFirst: Bool) -> Bool {
        guard let first = part.first, part.count <= limit else { return false }
        guard isLower(first) || digitFirst && isDigit(first) else { return false }
        return part.allSatisfy { isLower($0) || isDigit($0) || "_-*/".utf8.contains($0) }
    }
    let parts = key.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    switch parts.count {
    case 1: return isPart(parts[0], 256, digitFirst: true)
    case 2:
        return isPart(parts[0], 241, digitFirst: true) && isPart(parts[1], 14, digitFirst: false)
    default: return false
    }
}

private func isStateValue(_ value: ArraySlice<UInt8>) -> Bool {
    guard let last = value.last, value.count <= 256, last != 0x20 else { return false }
    return value.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x2C && $0 != 0x3D }
}
