/// Finds a handler by the last two segments of a path, without making strings of it.
struct HandlerIndex: Sendable {
    private var entries: [UInt64: [(name: [UInt8], handler: ServedHandler)]] = [:]

    init(_ handlers: [ServedHandler]) {
        for handler in handlers {
            let name = Array("\(handler.service)/\(handler.name)".utf8)
            entries[name.withUnsafeBytes(hash), default: []].append((name, handler))
        }
    }

    /// The handler that `…/invoke/{service}/{handler}` names.
    func handler(in path: UnsafeRawBufferPointer) -> ServedHandler? {
        guard let name = invoked(path) else { return nil }
        return entries[hash(name)]?.first { equal($0.name, name) }?.handler
    }
}

/// `{service}/{handler}` of a path that ends in `/invoke/{service}/{handler}` and maybe a query.
func invoked(_ path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let slash = UInt8(ascii: "/")
    var end = path.count
    if let query = path.firstIndex(of: UInt8(ascii: "?")) { end = query }
    if end > 0, path[end - 1] == slash { end -= 1 }
    var slashes = 0
    var start = end
    for index in stride(from: end - 1, through: 0, by: -1) where path[index] == slash {
        slashes += 1
        if slashes == 2 { start = index + 1 }
        guard slashes == 3 else { continue }
        let verb = UnsafeRawBufferPointer(rebasing: path[(index + 1)..<(start - 1)])
        guard equal(invoke, verb) else { return nil }
        return UnsafeRawBufferPointer(rebasing: path[start..<end])
    }
    return nil
}

private let invoke = Array("invoke".utf8)

private func equal(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    for index in left.indices where left[index] != right[index] { return false }
    return true
}

/// FNV-1a: good enough for names that the application chose.
private func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
    return hash
}
