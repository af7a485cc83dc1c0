/// Finds a handler by the last two parts of a path, without making strings of them.
struct HandlerIndex: Sendable {
    /// The number of buckets is a power of two, so that a bit mask of the hash is the index.
    private var buckets: [[(name: [UInt8], handler: ServedHandler)]]

    init(_ handlers: [ServedHandler]) {
        var count = 16
        while count < handlers.count * 4 { count *= 2 }
        buckets = Array(repeating: [], count: count)
        for handler in handlers {
            let name = Array("\(handler.service)/\(handler.name)".utf8)
            buckets[name.withUnsafeBytes(place(of:))].append((name, handler))
        }
    }

    /// Returns the handler of `{service}/{handler}`.
    func handler(named name: UnsafeRawBufferPointer) -> ServedHandler? {
        buckets[place(of: name)].first { equal($0.name, name) }?.handler
    }

    /// Hashes by FNV-1a. It does not resist chosen collisions, but only the application chooses
    /// names.
    private func place(of name: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32) & (buckets.count - 1)
    }
}

/// Returns `{service}/{handler}` of a path that ends in `/invoke/{service}/{handler}`, perhaps with
/// a query.
func invoked(_ path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let text = path.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    let slash = UInt8(ascii: "/")
    var end = 0
    while end < path.count, text[end] != UInt8(ascii: "?") { end &+= 1 }
    if end > 0, text[end - 1] == slash { end -= 1 }
    var slashes = 0
    var start = end
    var index = end
    while index > 0 {
        index &-= 1
        guard text[index] == slash else { continue }
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
