/// Scans a JSON text once, from front to back, and records where each value is.
///
/// Everything is checked here, including members that nobody asks for, so later steps need no
/// checks. The scanner does not recurse; a counter bounds the depth.
struct JSONScanner: ~Copyable {
    let text: UnsafePointer<UInt8>
    let count: Int
    var position = 0
    private var nodes: JSONStack<JSONNode>
    /// The index of the array or object that is being scanned. Until it is closed, its `next` holds
    /// the index of the container around it.
    private var parent = -1
    private var depth = 0

    private init(
        _ text: UnsafePointer<UInt8>, count: Int, nodes: consuming JSONStack<JSONNode>
    ) {
        self.text = text
        self.count = count
        self.nodes = nodes
    }

    /// Scans `bytes`, stores its nodes in `nodes`, and returns the address of the text.
    static func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, into nodes: inout JSONStack<JSONNode>
    ) throws(JSONFault) -> UnsafePointer<UInt8> {
        guard bytes.count < Int(UInt32.max) / 2 else {
            throw JSONFault(problem: "JSON longer than 2 GiB", offset: 0, isSyntax: true)
        }
        guard let text = bytes.baseAddress else {
            throw JSONFault(problem: "unexpected end of JSON", offset: 0, isSyntax: true)
        }
        var scanner = JSONScanner(text, count: bytes.count, nodes: nodes)
        do {
            try scanner.scan()
        } catch {
            nodes = scanner.finished()
            throw error
        }
        nodes = scanner.finished()
        return text
    }

    private consuming func finished() -> JSONStack<JSONNode> { nodes }

    private mutating func scan() throws(JSONFault) {
        var wantsValue = true
        repeat {
            if wantsValue {
                wantsValue = try scanValue()
            } else {
                wantsValue = try scanAfterValue()
            }
        } while wantsValue || parent >= 0
        skipSpaces()
        guard position == count else { throw fault("unexpected data after the JSON") }
    }

    // MARK: Structure

    /// Scans a scalar, or the opening of a container. Returns whether a value must follow.
    private mutating func scanValue() throws(JSONFault) -> Bool {
        skipSpaces()
        guard position < count else { throw endOfText() }
        switch text[position] {
        case UInt8(ascii: "\""):
            try scanString()
            return false
        case UInt8(ascii: "{"):
            try open(.object)
            if try closes(UInt8(ascii: "}")) { return false }
            try scanKey()
            return true
        case UInt8(ascii: "["):
            try open(.array)
            return try !closes(UInt8(ascii: "]"))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try scanNumber()
            return false
        case UInt8(ascii: "t"):
            try scanWord("true", .true)
            return false
        case UInt8(ascii: "f"):
            try scanWord("false", .false)
            return false
        case UInt8(ascii: "n"):
            try scanWord("null", .null)
            return false
        default:
            throw fault("expected a JSON value", found: foundHere())
        }
    }

    /// Scans what may follow a value. Returns whether another value must follow.
    private mutating func scanAfterValue() throws(JSONFault) -> Bool {
        skipSpaces()
        let isObject = nodes.base[parent].kind == .object
        nodes.base[parent].length &+= 1
        guard position < count else { throw endOfText() }
        switch text[position] {
        case UInt8(ascii: ","):
            position &+= 1
            if isObject { try scanKey() }
            return true
        case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
            close()
            return false
        default:
            throw fault("expected ',' or '\(isObject ? "}" : "]")'", found: foundHere())
        }
    }

    private mutating func open(_ kind: JSONNode.Kind) throws(JSONFault) {
        guard depth < JSON.maximumDepth else {
            throw fault("nested deeper than \(JSON.maximumDepth) levels")
        }
        depth &+= 1
        let index = nodes.count
        append(kind, at: position, length: 0)
        nodes.base[index].next = UInt32(bitPattern: Int32(truncatingIfNeeded: parent))
        parent = index
        position &+= 1
    }

    /// Closes the container if it is empty.
    private mutating func closes(_ bracket: UInt8) throws(JSONFault) -> Bool {
        skipSpaces()
        guard position < count else { throw endOfText() }
        guard text[position] == bracket else { return false }
        close()
        return true
    }

    private mutating func close() {
        position &+= 1
        depth &-= 1
        let around = Int32(bitPattern: nodes.base[parent].next)
        nodes.base[parent].next = UInt32(truncatingIfNeeded: nodes.count)
        parent = Int(around)
    }

    private mutating func scanKey() throws(JSONFault) {
        skipSpaces()
        guard position < count else { throw endOfText() }
        guard text[position] == UInt8(ascii: "\"") else {
            throw fault("expected a key in quotes", found: foundHere())
        }
        let flags = try scanString()
        nodes.base[parent].flags.formUnion(flags)
        skipSpaces()
        guard position < count else { throw endOfText() }
        guard text[position] == UInt8(ascii: ":") else {
            throw fault("expected ':'", found: foundHere())
        }
        position &+= 1
    }

    @inline(__always)
    mutating func append(
        _ kind: JSONNode.Kind, at offset: Int, length: Int, flags: JSONNode.Flags = []
    ) {
        nodes.push(
            JSONNode(
                offset: UInt32(truncatingIfNeeded: offset),
                length: UInt32(truncatingIfNeeded: length),
                next: UInt32(truncatingIfNeeded: nodes.count &+ 1), kind: kind, flags: flags))
    }

    @inline(__always)
    private mutating func skipSpaces() {
        while position < count {
            switch text[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position &+= 1
            default: return
            }
        }
    }

    // MARK: Scalars

    private mutating func scanWord(
        _ word: StaticString, _ kind: JSONNode.Kind
    ) throws(JSONFault) {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard position < count else { throw endOfText() }
            guard text[position] == word.utf8Start[index] else {
                position = start
                throw fault("expected a JSON value", found: foundHere())
            }
            position &+= 1
        }
        append(kind, at: start, length: position - start)
    }

    private mutating func scanNumber() throws(JSONFault) {
        let start = position
        var flags: JSONNode.Flags = .isInteger
        if text[position] == UInt8(ascii: "-") { position &+= 1 }
        let first = position
        try scanDigits()
        if text[first] == UInt8(ascii: "0"), position > first + 1 {
            position = first
            throw fault("a number starts with a needless zero")
        }
        if position < count, text[position] == UInt8(ascii: ".") {
            flags = []
            position &+= 1
            try scanDigits()
        }
        if position < count, text[position] | 0x20 == UInt8(ascii: "e") {
            flags = []
            position &+= 1
            if position < count,
                text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-")
            {
                position &+= 1
            }
            try scanDigits()
        }
        append(.number, at: start, length: position - start, flags: flags)
    }

    private mutating func scanDigits() throws(JSONFault) {
        guard position < count else { throw endOfText() }
        guard text[position] &- 0x30 < 10 else {
            throw fault("expected a digit", found: foundHere())
        }
        repeat { position &+= 1 } while position < count && text[position] &- 0x30 < 10
    }

    // MARK: Faults

    func endOfText() -> JSONFault {
        JSONFault(problem: "unexpected end of JSON", offset: count, isSyntax: true)
    }

    func fault(_ problem: String, found: String? = nil) -> JSONFault {
        JSONFault(problem: problem, found: found, offset: position, isSyntax: true)
    }

    private func foundHere() -> String {
        switch text[position] {
        case 0x21...0x7e: "found '\(Unicode.Scalar(text[position]))'"
        case 0xef where position == 0: "found a byte order mark"
        case let byte: "found byte 0x\(String(byte, radix: 16))"
        }
    }
}
