/// Finds words in a text, byte by byte. Swift's own searches are in the module of regular expressions, which
/// would add 1.3 MB to every static program.
extension String {
    func has(_ part: String) -> Bool { firstRange(of: part) != nil }

    func firstRange(of part: String) -> Range<Index>? {
        var rest = utf8[...]
        while rest.count >= part.utf8.count {
            if rest.starts(with: part.utf8) {
                return rest.startIndex..<rest.index(rest.startIndex, offsetBy: part.utf8.count)
            }
            rest.removeFirst()
        }
        return nil
    }

    func lastRange(of part: String) -> Range<Index>? {
        var rest = utf8[...]
        while rest.count >= part.utf8.count {
            let last = rest.suffix(part.utf8.count)
            if last.elementsEqual(part.utf8) { return last.startIndex..<last.endIndex }
            rest.removeLast()
        }
        return nil
    }
}
