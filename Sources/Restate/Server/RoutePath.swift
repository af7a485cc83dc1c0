import Primitives

/// The path of a route, compared by its bytes. Its parts in braces match any single part.
struct RoutePath: Sendable {
    private enum Part {
        case text([UInt8])
        case parameter(String)
    }

    private let parts: [Part]
    let hasParameters: Bool
    /// The path without the names of its parameters: paths of the same shape match the same requests.
    let shape: [UInt8]

    init(_ path: String) throws(EndpointError) {
        var parts: [Part] = []
        var names: Set<String> = []
        for part in Self.split(Array(path.utf8)) {
            let text = String(decoding: part, as: UTF8.self)
            guard text.contains(where: { "{}".contains($0) }) else {
                parts.append(.text(Array(part)))
                continue
            }
            let name = String(text.dropFirst().dropLast())
            guard text.first == "{", text.last == "}", !name.isEmpty,
                !name.contains(where: { "{}".contains($0) })
            else {
                throw EndpointError(
                    .setting,
                    "The route '\(path)' has the part '\(text)': a part is a text, or a name in braces "
                        + "like '{id}'.")
            }
            guard names.insert(name).inserted else {
                throw EndpointError(
                    .setting, "The route '\(path)' has two parts of the name '\(name)'.")
            }
            parts.append(.parameter(name))
        }
        self.parts = parts
        hasParameters = !names.isEmpty
        let shapes = parts.map { part -> [UInt8] in
            if case .text(let text) = part { text } else { Array("{}".utf8) }
        }
        shape = Array(shapes.joined(separator: CollectionOfOne(UInt8(ascii: "/"))))
    }

    /// Returns the values of the parameters in a path without its query, or nil if the path does
    /// not match.
    func parameters(in path: some Collection<UInt8>) -> [String: String]? {
        let found = Self.split(path)
        guard found.count == parts.count else { return nil }
        var values: [String: String] = [:]
        for (part, bytes) in zip(parts, found) {
            switch part {
            case .text(let text):
                guard text.elementsEqual(bytes) else { return nil }
            case .parameter(let name):
                guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self),
                    let value = PercentEncoding.decode(text)
                else { return nil }
                values[name] = value
            }
        }
        return values
    }

    private static func split<Path: Collection<UInt8>>(_ path: Path) -> [Path.SubSequence] {
        path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    }
}
