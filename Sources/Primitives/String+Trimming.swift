extension String {
    /// The text without the spaces at both ends. Other white space stays.
    package var trimmedOfSpaces: String {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
