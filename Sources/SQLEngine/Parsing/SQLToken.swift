/// A token of a query with its place, which error texts name.
struct SQLToken: Equatable {
    enum Kind { case word, quoted, number, string, hex, placeholder, symbol, end }

    var kind: Kind
    /// The text without quotes, in its original case.
    var text: String
    var line: Int
    var column: Int

    /// The keyword in upper case; nil if the token is not an unquoted word.
    var word: String? { kind == .word ? text.uppercased() : nil }

    func isWord(_ word: String) -> Bool { kind == .word && text.uppercased() == word }
    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }

    /// The token as an error text shows it.
    var shown: String {
        switch kind {
        case .end: "EOF"
        case .string: "'\(text)'\(place)"
        case .quoted: "\"\(text)\"\(place)"
        case .hex: "X'\(text)'\(place)"
        default: "\(text)\(place)"
        }
    }

    private var place: String { " at Line: \(line), Column: \(column)" }
}

/// Splits a query into tokens.
struct SQLLexer {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var column = 1

    static func tokens(of query: String) throws -> [SQLToken] {
        var lexer = SQLLexer(bytes: Array(query.utf8))
        var tokens: [SQLToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func peek(_ distance: Int = 0) -> UInt8? {
        index + distance < bytes.count ? bytes[index + distance] : nil
    }

    private mutating func advance() {
        if bytes[index] == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if bytes[index] & 0xC0 != 0x80 {
            column += 1
        }
        index += 1
    }

    private mutating func take(while isPart: (UInt8) -> Bool) -> String {
        let start = index
        while let byte = peek(), isPart(byte) { advance() }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func next() throws -> SQLToken {
        try skipSpace()
        let (line, column) = (line, column)
        func token(_ kind: SQLToken.Kind, _ text: String) -> SQLToken {
            SQLToken(kind: kind, text: text, line: line, column: column)
        }
        guard let first = peek() else { return token(.end, "") }
        switch first {
        case UInt8(ascii: "'"): return token(.string, try quoted(first, "string literal"))
        case UInt8(ascii: "\""): return token(.quoted, try quoted(first, "identifier"))
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            guard peek(1) == UInt8(ascii: "'") else { break }
            advance()
            return token(.hex, try quoted(UInt8(ascii: "'"), "string literal"))
        case UInt8(ascii: "$"):
            advance()
            return token(.placeholder, "$" + take(while: Self.isWordByte))
        case UInt8(ascii: ".") where peek(1).map(Self.isDigit) ?? false:
            return token(.number, number())
        case _ where Self.isDigit(first): return token(.number, number())
        default: break
        }
        if Self.isWordByte(first) { return token(.word, take(while: Self.isWordByte)) }
        for length in [3, 2] where index + length <= bytes.count {
            let text = String(decoding: bytes[index..<(index + length)], as: UTF8.self)
            if Self.longSymbols.contains(text) {
                for _ in 0..<length { advance() }
                return token(.symbol, text)
            }
        }
        advance()
        return token(.symbol, String(decoding: [first], as: UTF8.self))
    }

    private static let longSymbols: Set = [
        "->>", "!~*", "<=>", "::", "||", "<>", "!=", "<=", ">=", "==", "->", "~*", "!~", "<<", ">>",
        "@>", "<@", "=>",
    ]

    private mutating func number() -> String {
        var text = take(while: Self.isDigit)
        if peek() == UInt8(ascii: ".") {
            advance()
            text += "." + take(while: Self.isDigit)
        }
        let isExponent =
            peek().map { $0 | 0x20 == UInt8(ascii: "e") } ?? false
            && (peek(1).map(Self.isDigit) ?? false
                || (peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+"))
                    && peek(2).map(Self.isDigit) ?? false)
        if isExponent {
            advance()
            text += "e"
            if let sign = peek(), !Self.isDigit(sign) {
                advance()
                text += sign == UInt8(ascii: "-") ? "-" : ""
            }
            text += take(while: Self.isDigit)
        }
        return text
    }

    /// Reads a quoted text. A quote inside is written twice.
    private mutating func quoted(_ quote: UInt8, _ what: String) throws -> String {
        let place = "at Line: \(line), Column: \(column)"
        advance()
        var content: [UInt8] = []
        while let byte = peek() {
            advance()
            if byte == quote {
                guard peek() == quote else { return String(decoding: content, as: UTF8.self) }
                advance()
            }
            content.append(byte)
        }
        throw QueryError.tokenizer("Unterminated \(what) \(place)")
    }

    private mutating func skipSpace() throws {
        while let byte = peek() {
            if byte == UInt8(ascii: "-"), peek(1) == byte {
                while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
            } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                try skipComment()
            } else if byte == 0x20 || (0x09...0x0d).contains(byte) {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws {
        let place = "at Line: \(line), Column: \(column)"
        var depth = 0
        while peek() != nil {
            if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                advance()
            } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                advance()
            }
            advance()
            if depth == 0 { return }
        }
        throw QueryError.tokenizer("Unexpected EOF while in a multi-line comment \(place)")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || isDigit(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
