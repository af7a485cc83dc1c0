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
        return entries[hash(name)]?.first { $0.name.elementsEqual(name) }?.handler
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
        let isInvoke = path[(index + 1)..<(start - 1)].elementsEqual("invoke".utf8)
        return isInvoke ? UnsafeRawBufferPointer(rebasing: path[start..<end]) : nil
    }
    return nil
}

/// FNV-1a: good enough for names that the application chose.
private func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
    return hash
}
