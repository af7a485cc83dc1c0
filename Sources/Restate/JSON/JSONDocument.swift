#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A scanned text: its bytes and its nodes. Values are made from it only when they are asked for.
final class JSONDocument {
    private(set) var bytes: UnsafePointer<UInt8>
    private let count: Int
    private var ownsBytes = false
    let nodes: UnsafeMutablePointer<JSONNode>
    private var keyIndexes: [[String: Int]] = []

    /// `text` must outlive the document, or `keepBytes` be called before it ends.
    init(parsing text: UnsafeBufferPointer<UInt8>) throws {
        do {
            nodes = try JSONScanner.scan(text).base
        } catch {
            throw error.decodingError()
        }
        guard let start = text.baseAddress else { preconditionFailure("no text has no nodes") }
        bytes = start
        count = text.count
    }

    deinit {
        nodes.deallocate()
        if ownsBytes { bytes.deallocate() }
    }

    func keepBytes() {
        guard !ownsBytes else { return }
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        copy.initialize(from: bytes, count: count)
        bytes = UnsafePointer(copy)
        ownsBytes = true
    }

    // MARK: Walking

    @inline(__always)
    func kind(at index: Int) -> JSONNode.Kind { nodes[index].kind }
    @inline(__always)
    func isNull(at index: Int) -> Bool { nodes[index].kind == .null }
    /// The node behind the value at `index` and all that is inside it.
    @inline(__always)
    func end(of index: Int) -> Int { Int(nodes[index].next) }
    @inline(__always)
    func text(at index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: bytes + Int(nodes[index].offset), count: Int(nodes[index].length))
    }

    /// The number of elements or members of the container at `index`.
    @inline(__always)
    func expect(_ kind: JSONNode.Kind, at index: Int, for type: Any.Type) throws -> Int {
        guard nodes[index].kind == kind else { throw mismatch(type, kind.name, at: index) }
        return Int(nodes[index].length)
    }

    // MARK: Members

    /// The value of a member, or nil.
    @inline(__always)
    func member(_ key: String, of object: Int) -> Int? {
        if nodes[object].length > 16 || nodes[object].flags != [] {
            return memberBySearch(key, of: object)
        }
        var key = key
        return key.withUTF8 { memberByBytes($0, of: object) }
    }

    /// Comparing a few keys is cheaper than any index. The first of equal ones is found.
    private func memberByBytes(_ key: UnsafeBufferPointer<UInt8>, of object: Int) -> Int? {
        var index = object &+ 1
        let end = Int(nodes[object].next)
        while index < end {
            if Int(nodes[index].length) == key.count {
                let text = bytes + Int(nodes[index].offset)
                var same = 0
                while same < key.count, text[same] == key[same] { same &+= 1 }
                if same == key.count { return index &+ 1 }
            }
            index = Int(nodes[index &+ 1].next)
        }
        return nil
    }

    /// For large objects, and for keys that can be spelled in more ways than one.
    @inline(never)
    private func memberBySearch(_ key: String, of object: Int) -> Int? {
        if nodes[object].keyIndex == 0 {
            var keys: [String: Int] = [:]
            keys.reserveCapacity(Int(nodes[object].length))
            var index = object + 1
            while index < end(of: object) {
                let name = string(at: index)
                if keys[name] == nil { keys[name] = index + 1 }
                index = end(of: index + 1)
            }
            keyIndexes.append(keys)
            nodes[object].keyIndex = UInt32(keyIndexes.count)
        }
        return keyIndexes[Int(nodes[object].keyIndex) - 1][key]
    }

    // MARK: Paths

    /// The way from the top to a value.
    func path(to target: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var index = 0
        while index < target, kind(at: index) == .array || kind(at: index) == .object {
            let isObject = kind(at: index) == .object
            var child = index + (isObject ? 2 : 1)
            var element = 0
            while end(of: child) <= target {
                child = end(of: child) + (isObject ? 1 : 0)
                element += 1
            }
            path.append(isObject ? JSONKey(string(at: child - 1)) : JSONKey(index: element))
            index = child
        }
        return path
    }
}

extension JSONNode.Kind {
    /// As error sentences call it.
    var name: String {
        switch self {
        case .null: "null"
        case .true, .false: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
