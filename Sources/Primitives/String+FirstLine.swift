extension String {
    /// What a stranger's answer begins with, for a sentence about it: the first line that is not empty, and of a
    /// long one the first 200 characters. A page of HTML would bury the sentence.
    package init(firstLineOf body: some Collection<UInt8>, limit: Int = 200) {
        // Four bytes are the most that a character of these takes, unless it is a made-up one.
        let text = String(decoding: body.prefix(limit * 4 + 1000), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        let line = lines.lazy.map { String($0).trimmedOfSpaces }.first { !$0.isEmpty } ?? ""
        self = line.count > limit ? "\(line.prefix(limit))…" : line
    }
}
