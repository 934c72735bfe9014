module greenroom/bench

go 1.26
