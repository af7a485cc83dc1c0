/// SQL cut into words, without understanding it.
struct SQLToken: Equatable {
    enum Kind { case word, number, string, quoted, symbol, space }

    var kind: Kind
    var text: String

    func isWord(_ word: String) -> Bool { kind == .word && text.lowercased() == word }
    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }

    /// Everything stays in, spaces and comments too: joined again the tokens are the text.
    static func split(_ sql: String) -> [SQLToken] {
        var tokens: [SQLToken] = []
        var rest = Array(sql.utf8)[...]
        while let first = rest.first {
            let (kind, count) = next(first, rest)
            tokens.append(
                SQLToken(kind: kind, text: String(decoding: rest.prefix(count), as: UTF8.self)))
            rest = rest.dropFirst(count)
        }
        return tokens
    }

    private static func next(_ first: UInt8, _ rest: ArraySlice<UInt8>) -> (Kind, Int) {
        let second = rest.dropFirst().first
        switch first {
        case UInt8(ascii: "'"): return (.string, quotedLength(rest, first))
        case UInt8(ascii: "\""): return (.quoted, quotedLength(rest, first))
        case UInt8(ascii: "-") where second == first:
            return (.space, rest.prefix { $0 != 0x0a }.count)
        case 0x20, 0x09, 0x0a, 0x0d:
            return (.space, rest.prefix { $0 == 0x20 || (0x09...0x0d).contains($0) }.count)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return (.number, rest.prefix { isWordByte($0) || $0 == UInt8(ascii: ".") }.count)
        case _ where isWordByte(first): return (.word, rest.prefix(while: isWordByte).count)
        default:
            let pair = String(decoding: rest.prefix(2), as: UTF8.self)
            return (.symbol, ["==", "!=", "<>", "<=", ">=", "||", "::"].contains(pair) ? 2 : 1)
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80
            || (UInt8(ascii: "0")...UInt8(ascii: "9"))
                .contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// A quote inside is written twice.
    private static func quotedLength(_ rest: ArraySlice<UInt8>, _ quote: UInt8) -> Int {
        var index = rest.startIndex + 1
        while index < rest.endIndex {
            if rest[index] == quote {
                if index + 1 < rest.endIndex, rest[index + 1] == quote {
                    index += 1
                } else {
                    return index + 1 - rest.startIndex
                }
            }
            index += 1
        }
        return rest.count
    }
}
